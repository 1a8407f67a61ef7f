"""All of keras.applications, read and worked out, against Keras building them."""

from __future__ import annotations

from time import process_time

import pytest


@pytest.mark.benchmark
def test_all_configs_are_read_and_worked_out_twenty_times_faster_than_keras_builds_them():
    from keras_applications import WRITTEN, names
    from oracle import keras
    from timing import told

    import cnncalc

    built, held, texts = 0.0, 0, []
    for name in names():
        keras.backend.clear_session()
        began = process_time()
        model = getattr(keras.applications, name)(weights=None)
        built += process_time() - began
        held += model.count_params()
        texts.append(WRITTEN.setdefault(name, model.to_json()))
        del model
    times = []
    for _ in range(3):
        began = process_time()
        params = sum(cnncalc.loads(text).params for text in texts)
        times.append(process_time() - began)
    assert params == held
    read = min(times)
    told(f"{len(texts)} Keras files read and worked out", f"{read:.2f} s", f"Keras builds them: {built:.1f} s ({built / read:.0f} times)",
         read / built, "at most 0.05")
    assert len(texts) == 40
    assert built / read >= 20


@pytest.mark.benchmark
def test_the_largest_network_is_built_without_keras_in_a_third_of_a_second():
    from timing import told

    from cnncalc.applications import build
    from cnncalc.tracing import traced

    times = []
    for _ in range(3):
        began = process_time()
        trace = traced(build("NASNetLarge").graph())
        times.append(process_time() - began)
    told("NASNetLarge built and worked out", f"{min(times):.2f} s", "1,041 layers", min(times) / 0.3, "at most 0.3 s")
    assert trace.params == 88_949_818
    assert min(times) <= 0.3
