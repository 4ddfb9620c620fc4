"""The GPT-2 that writes the language of audio: vectors in, the next vector out (equation 3 of AudioLDM 2).

After a prefix of conditions (B, P, D) the last hidden state at each place is the vector that follows it. Positions are
counted from the prefix's start, padding included, as the pipeline does.
"""

import torch
from torch import Tensor, nn

from engine.train.audioldm2.pipeline import Conditions


def followed(language: nn.Module, conditions: Conditions, truth: Tensor) -> Tensor:
    """What the GPT-2 writes at each place of `truth` (B, L, D) if all before it was right: (B, L, D)."""
    inputs = torch.cat((conditions.prefix, truth[:, :-1]), 1)  # (B, P + L − 1, D)
    hidden = language(
        inputs_embeds=inputs,
        attention_mask=_mask(conditions, truth.shape[1] - 1),
        output_hidden_states=True,
        use_cache=False,
    ).hidden_states[-1]
    return torch.as_tensor(hidden[:, conditions.prefix.shape[1] - 1 :])


def written(language: nn.Module, conditions: Conditions, count: int) -> Tensor:
    """The `count` vectors (B, count, D) that the GPT-2 writes by itself, each from those before it."""
    out: list[Tensor] = []
    step, past = conditions.prefix, None
    for done in range(count):
        output = language(
            inputs_embeds=step,
            attention_mask=_mask(conditions, done),
            past_key_values=past,
            output_hidden_states=True,
            use_cache=True,
        )
        step, past = output.hidden_states[-1][:, -1:], output.past_key_values
        out.append(step)
    return torch.cat(out, 1)


def _mask(conditions: Conditions, more: int) -> Tensor:
    return torch.cat((conditions.prefix_mask, conditions.prefix_mask.new_ones(len(conditions.prefix_mask), more)), 1)
