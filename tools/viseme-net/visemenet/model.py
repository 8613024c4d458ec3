"""The network and its ONNX file: a layer, two recurrent ones and two heads, causal, all memory in one vector per sequence."""

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from .features import BANDS, FRAMES_PER_STEP, LOOK_AHEAD_MS
from .phonemes import PARAMS, SHA256, VISEMES

INPUT = BANDS * FRAMES_PER_STEP
HIDDEN = 128
STATE = 192


#: Lips touch or they don't, but a network that is unsure says something between. These (factor, shift) on the logits make up its mind;
#: chosen on the validation voices.
DECIDED = {"press": (1.8, 0.6), "teeth": (1.8, 0.8), "round": (1.3, 0.4)}


class VisemeNet(nn.Module):
    """(batch, steps, 80) features → parameter logits (batch, steps, 8), viseme logits (batch, steps, 15)."""

    def __init__(self) -> None:
        super().__init__()
        self.front = nn.Linear(INPUT, HIDDEN)
        self.first = nn.GRU(HIDDEN, STATE, batch_first=True)
        self.second = nn.GRU(STATE, STATE, batch_first=True)
        self.params = nn.Linear(STATE, len(PARAMS))
        self.visemes = nn.Linear(STATE, len(VISEMES))

    def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = torch.relu(self.front(mel))
        x, _ = self.first(x)
        x, _ = self.second(x)
        return self.params(x), self.visemes(x)


def to_onnx(net: VisemeNet) -> onnx.ModelProto:
    """The contract of libs/viseme-net/README.md. Written by hand: GRU nodes that take lengths, and give every step's state."""
    weights: dict[str, np.ndarray] = {}
    nodes: list[onnx.NodeProto] = []

    def node(op: str, inputs: list[str], outputs: list[str], **attributes) -> str:
        nodes.append(helper.make_node(op, inputs, outputs, **attributes))
        return outputs[0]

    def linear(layer: nn.Linear, x: str, name: str) -> str:
        weights[f"{name}.w"] = layer.weight.detach().numpy().T.copy()
        weights[f"{name}.b"] = layer.bias.detach().numpy().copy()
        node("MatMul", [x, f"{name}.w"], [f"{name}.product"])
        return node("Add", [f"{name}.product", f"{name}.b"], [f"{name}.sum"])

    def gru(layer: nn.GRU, x: str, state: str, name: str) -> str:
        # PyTorch keeps reset, update, new; ONNX wants update, reset, hidden.
        order = lambda w: np.concatenate([w[STATE : 2 * STATE], w[:STATE], w[2 * STATE :]])
        values = {n: p.detach().numpy() for n, p in layer.named_parameters()}
        weights[f"{name}.w"] = order(values["weight_ih_l0"])[None]
        weights[f"{name}.r"] = order(values["weight_hh_l0"])[None]
        weights[f"{name}.b"] = np.concatenate([order(values["bias_ih_l0"]), order(values["bias_hh_l0"])])[None]
        node("GRU", [x, f"{name}.w", f"{name}.r", f"{name}.b", "lengths", state], [f"{name}.all"], hidden_size=STATE, linear_before_reset=1)
        return node("Squeeze", [f"{name}.all", "one"], [f"{name}.states"])

    weights["one"] = np.array([1], np.int64)
    weights["zero"] = np.array([0], np.int64)
    weights["halves"] = np.array([STATE, STATE], np.int64)
    node("Transpose", ["mel"], ["mel.steps"], perm=[1, 0, 2])
    x = node("Relu", [linear(net.front, "mel.steps", "front")], ["front.out"])
    node("Split", ["state", "halves"], ["state.1", "state.2"], axis=1)
    for half in ("1", "2"):
        node("Unsqueeze", [f"state.{half}", "zero"], [f"start.{half}"])
    first = gru(net.first, x, "start.1", "first")
    second = gru(net.second, first, "start.2", "second")
    params = linear(net.params, second, "params")
    for name, (factor, shift) in DECIDED.items():
        i = PARAMS.index(name)
        weights["params.w"][:, i] *= factor
        weights["params.b"][i] = weights["params.b"][i] * factor + shift
    node("Sigmoid", [params], ["params.steps"])
    node("Softmax", [linear(net.visemes, second, "visemes")], ["visemes.steps"], axis=-1)
    node("Concat", [first, second], ["states.steps"], axis=-1)
    for name in ("params", "visemes", "states"):
        node("Transpose", [f"{name}.steps"], [name], perm=[1, 0, 2])

    value = lambda name, kind, *shape: helper.make_tensor_value_info(name, kind, shape)
    graph = helper.make_graph(
        nodes,
        "viseme-net",
        [
            value("mel", TensorProto.FLOAT, "batch", "steps", INPUT),
            value("lengths", TensorProto.INT32, "batch"),
            value("state", TensorProto.FLOAT, "batch", 2 * STATE),
        ],
        [
            value("params", TensorProto.FLOAT, "batch", "steps", len(PARAMS)),
            value("visemes", TensorProto.FLOAT, "batch", "steps", len(VISEMES)),
            value("states", TensorProto.FLOAT, "batch", "steps", 2 * STATE),
        ],
        [numpy_helper.from_array(np.ascontiguousarray(w), name) for name, w in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="visavis viseme-net")
    helper.set_model_props(model, {"state_size": str(2 * STATE), "look_ahead_ms": str(LOOK_AHEAD_MS), "phonemes_sha256": SHA256})
    onnx.checker.check_model(model)
    return model
