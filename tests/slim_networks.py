"""Networks as TensorFlow's slim library has them, where keras.applications differ, one filter each.

Their receptive fields are those that Araujo, Norris & Sim published (Distill, 2019).
"""

from __future__ import annotations

DEFAULTS = "defaults: {Conv2D: {filters: 1, padding: same}, MaxPooling2D: {pool_size: 3, strides: 2}}\n"

ALEXNET_V2 = """
input: [224, 224, 1]
layers:
  - Conv2D: {filters: 1, kernel_size: 11, strides: 4}
  - MaxPooling2D: {pool_size: 3, strides: 2}
  - Conv2D: {filters: 1, kernel_size: 5, padding: same}
  - MaxPooling2D: {pool_size: 3, strides: 2}
  - Conv2D: {filters: 1, kernel_size: 3, padding: same}
    repeat: 3
  - MaxPooling2D: {pool_size: 3, strides: 2, name: end}
"""


def resnet_v1(*units: int) -> str:
    """The stride of a stage stands in its last unit, and its 3x3 convolution is padded by 1."""
    stages = "\n".join(
        f"  - unit: 1\n    repeat: {many - (i < 3)}" + ("\n  - unit: 2" if i < 3 else "") for i, many in enumerate(units)
    )
    return DEFAULTS + f"""
input: [224, 224, 1]
blocks:
  unit:
    args: {{stride: }}
    layers:
      - parallel:
          - - Conv2D: {{kernel_size: 1, strides: =stride}}
          - - Conv2D: {{kernel_size: 1}}
            - Conv2D: {{kernel_size: 3, strides: =stride, padding: 1}}
            - Conv2D: {{kernel_size: 1}}
      - Add
layers:
  - Conv2D: {{kernel_size: 7, strides: 2, padding: 3}}
  - MaxPooling2D: {{padding: same}}
{stages}
  - Activation: {{activation: relu, name: end}}
"""


INCEPTION_V2 = DEFAULTS + """
input: [224, 224, 3]
blocks:
  mixed:
    layers:
      - parallel:
          - Conv2D: {kernel_size: 1}
          - [Conv2D: {kernel_size: 1}, Conv2D: {kernel_size: 3}]
          - [Conv2D: {kernel_size: 1}, Conv2D: {kernel_size: 3}, Conv2D: {kernel_size: 3}]
          - [AveragePooling2D: {pool_size: 3, strides: 1, padding: same}, Conv2D: {kernel_size: 1}]
      - Concatenate
  halved:
    layers:
      - parallel:
          - [Conv2D: {kernel_size: 1}, Conv2D: {kernel_size: 3, strides: 2}]
          - [Conv2D: {kernel_size: 1}, Conv2D: {kernel_size: 3}, Conv2D: {kernel_size: 3, strides: 2}]
          - MaxPooling2D: {padding: same}
      - Concatenate
layers:
  - SeparableConv2D: {filters: 1, kernel_size: 7, strides: 2, padding: same}
  - MaxPooling2D: {padding: same}
  - Conv2D: {kernel_size: 1}
  - Conv2D: {kernel_size: 3}
  - MaxPooling2D: {padding: same}
  - mixed
  - mixed
  - halved
  - mixed
  - mixed
  - mixed
  - mixed
  - halved
  - mixed
  - mixed
  - Activation: {activation: relu, name: end}
"""

INCEPTION_V4 = DEFAULTS + """
input: [224, 224, 3]
blocks:
  a:
    layers:
      - parallel:
          - Conv2D: {kernel_size: 1}
          - [Conv2D: {kernel_size: 1}, Conv2D: {kernel_size: 3}]
          - [Conv2D: {kernel_size: 1}, Conv2D: {kernel_size: 3}, Conv2D: {kernel_size: 3}]
          - [AveragePooling2D: {pool_size: 3, strides: 1, padding: same}, Conv2D: {kernel_size: 1}]
      - Concatenate
  b:
    layers:
      - parallel:
          - Conv2D: {kernel_size: 1}
          - [Conv2D: {kernel_size: 1}, Conv2D: {kernel_size: [1, 7]}, Conv2D: {kernel_size: [7, 1]}]
          - - Conv2D: {kernel_size: 1}
            - Conv2D: {kernel_size: [7, 1]}
            - Conv2D: {kernel_size: [1, 7]}
            - Conv2D: {kernel_size: [7, 1]}
            - Conv2D: {kernel_size: [1, 7]}
          - [AveragePooling2D: {pool_size: 3, strides: 1, padding: same}, Conv2D: {kernel_size: 1}]
      - Concatenate
  both:
    layers:
      - parallel: [{Conv2D: {kernel_size: [1, 3]}}, {Conv2D: {kernel_size: [3, 1]}}]
      - Concatenate
  c:
    layers:
      - parallel:
          - Conv2D: {kernel_size: 1}
          - [Conv2D: {kernel_size: 1}, both]
          - [Conv2D: {kernel_size: 1}, Conv2D: {kernel_size: [3, 1]}, Conv2D: {kernel_size: [1, 3]}, both]
          - [AveragePooling2D: {pool_size: 3, strides: 1, padding: same}, Conv2D: {kernel_size: 1}]
      - Concatenate
layers:
  - Conv2D: {kernel_size: 3, strides: 2, padding: valid}
  - Conv2D: {kernel_size: 3, padding: valid}
  - Conv2D: {kernel_size: 3}
  - parallel:
      - MaxPooling2D
      - Conv2D: {kernel_size: 3, strides: 2, padding: valid}
  - Concatenate
  - parallel:
      - [Conv2D: {kernel_size: 1}, Conv2D: {kernel_size: 3, padding: valid}]
      - - Conv2D: {kernel_size: 1}
        - Conv2D: {kernel_size: [1, 7]}
        - Conv2D: {kernel_size: [7, 1]}
        - Conv2D: {kernel_size: 3, padding: valid}
  - Concatenate
  - parallel:
      - Conv2D: {kernel_size: 3, strides: 2, padding: valid}
      - MaxPooling2D
  - Concatenate
  - a:
    repeat: 4
  - parallel:
      - Conv2D: {kernel_size: 3, strides: 2, padding: valid}
      - [Conv2D: {kernel_size: 1}, Conv2D: {kernel_size: 3}, Conv2D: {kernel_size: 3, strides: 2, padding: valid}]
      - MaxPooling2D
  - Concatenate
  - b:
    repeat: 7
  - parallel:
      - [Conv2D: {kernel_size: 1}, Conv2D: {kernel_size: 3, strides: 2, padding: valid}]
      - - Conv2D: {kernel_size: 1}
        - Conv2D: {kernel_size: [1, 7]}
        - Conv2D: {kernel_size: [7, 1]}
        - Conv2D: {kernel_size: 3, strides: 2, padding: valid}
      - MaxPooling2D
  - Concatenate
  - c:
    repeat: 3
  - Activation: {activation: relu, name: end}
"""
