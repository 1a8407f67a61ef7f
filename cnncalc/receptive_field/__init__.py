"""What a whole trace says about receptive fields.

`flow` unfolds it into values that read values, `boxes` carries spans forward by formulas,
`pixels` carries exact sets back from one unit, `sight` says both of every layer, and
`limits` what size of input a network needs.
"""
