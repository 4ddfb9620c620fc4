"""Our transformers beside those of the library of that name: the same names of weights, the same bits out."""

import pytest
import torch
import transformers
from torch import Tensor, nn

from engine.models.bert import Bert, BertConfig
from engine.models.conformer import Conformer, ConformerConfig
from engine.models.llama import Llama, LlamaConfig
from engine.models.spectrogram_transformer import SpectrogramTransformer, SpectrogramTransformerConfig


def same_weights(ours: nn.Module, theirs: nn.Module) -> None:
    """Gives both the same random weights; every name of theirs must be ours, in the same shape."""
    generator = torch.Generator().manual_seed(5)
    state = {
        name: torch.randn(value.shape, generator=generator) * 0.1 + (0.5 if "var" in name else 0.0)
        if value.is_floating_point()
        else value
        for name, value in theirs.state_dict().items()
    }
    theirs.load_state_dict(state)
    ours.load_state_dict(state)
    for module in (ours, theirs):
        module.eval().requires_grad_(False)


def noise(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(6))


@pytest.mark.parametrize("tied", [False, True])
def test_a_llama_decoder(tied: bool) -> None:
    ours = Llama(LlamaConfig(vocabulary=40, hidden=32, layers=2, heads=4, feed_forward=48, longest=20, tied=tied))
    theirs = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=40,
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=20,
            tie_word_embeddings=tied,
        )
    )
    same_weights(ours, theirs)
    ids = torch.randint(0, 40, (3, 17), generator=torch.Generator().manual_seed(7))
    cache: list[tuple[Tensor, Tensor]] = []
    expected = theirs(input_ids=ids, use_cache=True)
    assert torch.equal(ours(ids, cache=cache), expected.logits)
    assert torch.equal(ours(ids, last=2), theirs(input_ids=ids, logits_to_keep=2).logits)
    assert torch.equal(ours(ids[:, :1]), theirs(input_ids=ids[:, :1]).logits)
    for (keys, values), layer in zip(cache, expected.past_key_values.layers, strict=True):
        assert torch.equal(keys, layer.keys)
        assert torch.equal(values, layer.values)
    assert (ours.lm_head.weight is ours.model.embed_tokens.weight) is tied


@pytest.mark.parametrize("lengths", [(9, 9), (9, 4), (1, 1)])
def test_a_bert_encoder(lengths: tuple[int, int]) -> None:
    ours = Bert(BertConfig(hidden=32, layers=2, heads=4, feed_forward=64, longest=12))
    theirs = transformers.BertModel(
        transformers.BertConfig(
            vocab_size=1,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=64,
            max_position_embeddings=12,
        ),
        add_pooling_layer=False,
    )
    same_weights(ours, theirs)
    there = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    vectors = noise(2, max(lengths), 32)
    expected = theirs(inputs_embeds=vectors, attention_mask=there.long()).last_hidden_state
    assert torch.equal(ours(vectors, there)[there], expected[there])


def test_an_audio_spectrogram_transformer() -> None:
    ours = SpectrogramTransformer(
        SpectrogramTransformerConfig(
            mels=32, frames=50, patch=16, stride=10, hidden=24, layers=2, heads=3, feed_forward=96
        )
    )
    theirs = transformers.ASTModel(
        transformers.ASTConfig(
            hidden_size=24,
            num_hidden_layers=2,
            num_attention_heads=3,
            intermediate_size=96,
            patch_size=16,
            frequency_stride=10,
            time_stride=10,
            max_length=50,
            num_mel_bins=32,
        )
    )
    same_weights(ours, theirs)
    mel = noise(2, 50, 32)
    assert torch.equal(ours(mel), theirs(mel).pooler_output)


def test_a_conformer() -> None:
    sizes = {"strides": (5, 4, 2), "kernels": (10, 8, 3)}
    ours = Conformer(
        ConformerConfig(
            **sizes,
            front_width=12,
            hidden=24,
            layers=2,
            heads=3,
            feed_forward=40,
            position_kernel=8,
            position_groups=2,
            convolution_kernel=5,
        )
    )
    theirs = transformers.Wav2Vec2ConformerModel(
        transformers.Wav2Vec2ConformerConfig(
            hidden_size=24,
            num_hidden_layers=2,
            num_attention_heads=3,
            intermediate_size=40,
            conv_dim=[12] * 3,
            conv_stride=list(sizes["strides"]),
            conv_kernel=list(sizes["kernels"]),
            feat_extract_norm="layer",
            num_conv_pos_embeddings=8,
            num_conv_pos_embedding_groups=2,
            conv_depthwise_kernel_size=5,
            position_embeddings_type="rotary",
        )
    )
    same_weights(ours, theirs)
    wave = noise(2, 1200)
    expected = theirs(wave, output_hidden_states=True)
    states, frames = ours.states(wave)
    assert torch.equal(states[-1], expected.last_hidden_state)
    assert torch.equal(frames, expected.extract_features)
    for state, theirs_state in zip(states, expected.hidden_states, strict=False):
        assert torch.equal(state, theirs_state)
    mask = torch.zeros(2, frames.shape[1], dtype=torch.bool)
    mask[0, 3:6] = True
    assert torch.equal(ours.states(wave, mask)[0][-1], theirs(wave, mask_time_indices=mask).last_hidden_state)
    assert not torch.equal(ours.states(wave, mask)[0][-1], states[-1])


def test_an_even_kernel_has_no_middle() -> None:
    with pytest.raises(ValueError, match="convolution_kernel must be odd, not 4"):
        Conformer(
            ConformerConfig(
                strides=(5,),
                kernels=(10,),
                front_width=4,
                hidden=8,
                layers=1,
                heads=2,
                feed_forward=8,
                position_kernel=4,
                position_groups=2,
                convolution_kernel=4,
            )
        )
