"""Tiny pipelines of the real classes with random weights, written as their makers publish them."""

import json
import string
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AudioLDM2Pipeline,
    AudioLDM2ProjectionModel,
    AudioLDM2UNet2DConditionModel,
    AutoencoderKL,
    AutoencoderOobleck,
    DDIMScheduler,
    EDMDPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
    StableAudioDiTModel,
    StableAudioPipeline,
    StableAudioProjectionModel,
    UNet2DConditionModel,
)
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    ClapAudioConfig,
    ClapConfig,
    ClapFeatureExtractor,
    ClapModel,
    ClapTextConfig,
    EncodecConfig,
    EncodecFeatureExtractor,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Model,
    MusicgenConfig,
    MusicgenForConditionalGeneration,
    MusicgenProcessor,
    PreTrainedTokenizerFast,
    RobertaTokenizerFast,
    SpeechT5HifiGan,
    SpeechT5HifiGanConfig,
    T5Config,
    T5EncoderModel,
    T5TokenizerFast,
    ViTMAEConfig,
    ViTMAEModel,
    VitsConfig,
    VitsModel,
    VitsTokenizer,
)

LETTERS = string.ascii_lowercase + ".,'-"
WIDTH = 32  # of the text encoders, the language model and the LOA


def roberta(limit: int) -> RobertaTokenizerFast:
    symbols = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", *LETTERS, *(f"Ġ{letter}" for letter in LETTERS), "Ġ"]
    vocabulary = {symbol: i for i, symbol in enumerate(symbols)}
    return RobertaTokenizerFast(vocab=vocabulary, merges=[], model_max_length=limit)


def t5(limit: int) -> T5TokenizerFast:
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -3.0) for letter in LETTERS)]
    return T5TokenizerFast(vocab=pieces, extra_ids=0, model_max_length=limit)


def t5_encoder() -> T5EncoderModel:
    config = T5Config(vocab_size=64, d_model=WIDTH, d_ff=37, d_kv=8, num_layers=2, num_heads=4)
    return T5EncoderModel(config)


def clap(limit: int) -> ClapModel:
    text = ClapTextConfig(
        vocab_size=80, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=37,
        max_position_embeddings=limit + 2, projection_dim=WIDTH, projection_hidden_act="gelu",
    )  # fmt: skip
    audio = ClapAudioConfig(
        spec_size=64, num_mel_bins=8, patch_size=4, patch_stride=[4, 4], patch_embeds_hidden_size=4, depths=[2, 2],
        num_attention_heads=[2, 2], window_size=4, hidden_size=8, projection_dim=WIDTH, num_hidden_layers=2,
    )  # fmt: skip
    return ClapModel(ClapConfig(text_config=text.to_dict(), audio_config=audio.to_dict(), projection_dim=WIDTH))


def clap_features() -> ClapFeatureExtractor:
    return ClapFeatureExtractor(feature_size=8, hop_length=7680, sampling_rate=48000)


def vocoder() -> SpeechT5HifiGan:
    config = SpeechT5HifiGanConfig(
        model_in_dim=64, sampling_rate=16000, upsample_initial_channel=32, upsample_rates=[5, 4, 2, 2, 2],
        upsample_kernel_sizes=[11, 8, 4, 4, 4], resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3]],
        normalize_before=False,
    )  # fmt: skip
    return loud(SpeechT5HifiGan(config))


def loud(network: Any) -> Any:
    """Weights with which random input is heard at the other end."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0, 1 / max(parameter[0].numel(), 1) ** 0.5)
    return network


def mel_vae() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=[8, 8, 8, 8], in_channels=1, out_channels=1, latent_channels=4, norm_num_groups=4,
        down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4, scaling_factor=0.9,
    )  # fmt: skip


def ddim() -> DDIMScheduler:
    return DDIMScheduler(
        beta_start=0.0015, beta_end=0.0195, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False,
        steps_offset=1,
    )  # fmt: skip


def gpt2(positions: int) -> GPT2LMHeadModel:
    config = GPT2Config(
        n_embd=WIDTH, n_layer=2, n_head=2, n_inner=37, vocab_size=64, n_positions=positions, bos_token_id=0,
        eos_token_id=0,
    )  # fmt: skip
    config.max_new_tokens = 8
    return GPT2LMHeadModel(config)


def audioldm2(
    folder: Path, *, speech: bool = False, released: bool = False, audiomae: bool = False, channels: int = 8
) -> Path:
    """AudioLDM 2. released: the language model's class is named as in the checkpoints; channels: of the U-Net."""
    torch.manual_seed(0)
    if speech:
        vocabulary = {letter: i for i, letter in enumerate(["_", *LETTERS, " "])}
        vocabulary |= {f"<{i}>": i for i in range(len(vocabulary), 190)}
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vocab.json").write_text(json.dumps(vocabulary))
        tokenizer_2: Any = VitsTokenizer(
            str(folder / "vocab.json"), pad_token="_", unk_token="_", phonemize=False, add_blank=False,
            model_max_length=64,
        )  # fmt: skip
        (folder / "vocab.json").unlink()
        text_encoder_2: Any = VitsModel(
            VitsConfig(
                vocab_size=190, hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=2, ffn_dim=37,
                flow_size=WIDTH, spectrogram_bins=9, upsample_initial_channel=16,
                use_stochastic_duration_prediction=False, wavenet_dilation_rate=1, prior_encoder_num_flows=1,
                prior_encoder_num_wavenet_layers=1,
                posterior_encoder_num_wavenet_layers=1, duration_predictor_num_flows=1, upsample_rates=[2, 2],
                upsample_kernel_sizes=[4, 4], resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1]],
            )
        )  # fmt: skip
        positions: dict[str, Any] = {"use_learned_position_embedding": True, "max_seq_length": 64}
    else:
        tokenizer_2, text_encoder_2, positions = t5(60), t5_encoder(), {}
    cross = [None, WIDTH] if speech else [None, WIDTH, WIDTH]
    unet = AudioLDM2UNet2DConditionModel(
        block_out_channels=(channels, 2 * channels), layers_per_block=1, norm_num_groups=4, sample_size=128,
        in_channels=4, out_channels=4, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=(cross, cross), attention_head_dim=4,
    )  # fmt: skip
    pipeline = AudioLDM2Pipeline(
        vae=mel_vae(),
        text_encoder=clap(40),
        text_encoder_2=text_encoder_2,
        projection_model=AudioLDM2ProjectionModel(WIDTH, WIDTH, WIDTH, **positions),
        language_model=gpt2(80 if speech else 200),
        tokenizer=roberta(40),
        tokenizer_2=tokenizer_2,
        feature_extractor=clap_features(),
        unet=unet,
        scheduler=ddim(),
        vocoder=vocoder(),
    )
    pipeline.save_pretrained(folder)
    if released:
        GPT2Model.from_pretrained(folder / "language_model").save_pretrained(folder / "language_model")
        index = json.loads((folder / "model_index.json").read_text())
        index["language_model"] = ["transformers", "GPT2Model"]
        (folder / "model_index.json").write_text(json.dumps(index))
    if audiomae:
        encoder(folder / "audiomae")
    return folder


def encoder(folder: Path) -> None:
    """An AudioMAE in transformers' layout."""
    config = ViTMAEConfig(
        hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=2, intermediate_size=37, image_size=[1024, 128],
        patch_size=16, num_channels=1, mask_ratio=0.0,
    )  # fmt: skip
    ViTMAEModel(config).save_pretrained(folder)


def musicldm(folder: Path) -> Path:
    from diffusers import MusicLDMPipeline

    torch.manual_seed(1)
    unet = UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, sample_size=128, in_channels=4,
        out_channels=4, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=(8, 16),
        class_embed_type="simple_projection", projection_class_embeddings_input_dim=WIDTH,
        class_embeddings_concat=True, attention_head_dim=4,
    )  # fmt: skip
    pipeline = MusicLDMPipeline(
        vae=mel_vae(), text_encoder=clap(40), tokenizer=roberta(40), feature_extractor=clap_features(), unet=unet,
        scheduler=ddim(), vocoder=vocoder(),
    )  # fmt: skip
    pipeline.save_pretrained(folder)
    return folder


def oobleck(rate: int, latent: int, strides: tuple[int, ...] = (2, 4, 8)) -> AutoencoderOobleck:
    return AutoencoderOobleck(
        encoder_hidden_size=2 * latent, downsampling_ratios=list(strides), decoder_channels=3,
        decoder_input_channels=latent, audio_channels=2, channel_multiples=[1, 2, 4], sampling_rate=rate,
    )  # fmt: skip


def stable_audio(folder: Path) -> Path:
    torch.manual_seed(2)
    pipeline = StableAudioPipeline(
        vae=oobleck(4000, 8),
        text_encoder=t5_encoder(),
        projection_model=StableAudioProjectionModel(WIDTH, WIDTH, min_value=0, max_value=32),
        tokenizer=t5(24),
        transformer=StableAudioDiTModel(
            sample_size=128, in_channels=8, num_layers=2, attention_head_dim=8, num_attention_heads=4,
            num_key_value_attention_heads=2, out_channels=8, cross_attention_dim=WIDTH, time_proj_dim=8,
            global_states_input_dim=2 * WIDTH, cross_attention_input_dim=WIDTH,
        ),
        scheduler=EDMDPMSolverMultistepScheduler(
            solver_order=2, prediction_type="v_prediction", sigma_data=1.0, sigma_schedule="exponential",
            sigma_min=0.3, sigma_max=500,
        ),
    )  # fmt: skip
    pipeline.save_pretrained(folder)
    return folder


def word_tokenizer(limit: int, cls: type = PreTrainedTokenizerFast) -> Any:
    vocabulary = {symbol: i for i, symbol in enumerate(["<pad>", "<eos>", "<bos>", "<unk>", *LETTERS, "▁"])}
    backend = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    backend.post_processor = processors.TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 1)])
    return cls(
        tokenizer_object=backend, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>", bos_token="<bos>",
        model_max_length=limit,
    )  # fmt: skip


def stable_audio_3(folder: Path, *, distilled: bool = True) -> Path:
    from diffusers import AutoencoderSAME, StableAudio3DiTModel, StableAudio3Pipeline
    from diffusers.pipelines.stable_audio_3.modeling_stable_audio_3 import StableAudio3DurationEmbedder
    from transformers import GemmaTokenizerFast, T5GemmaConfig, T5GemmaEncoderModel
    from transformers.models.t5gemma.configuration_t5gemma import T5GemmaModuleConfig

    torch.manual_seed(3)
    module = T5GemmaModuleConfig(
        vocab_size=64, hidden_size=WIDTH, intermediate_size=37, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, max_position_embeddings=64, layer_types=["full_attention"] * 2,
    )  # fmt: skip
    symbols = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *LETTERS]
    pipeline = StableAudio3Pipeline(
        vae=loud(AutoencoderSAME(
            audio_channels=2, patch_size=8, encoder_channels=8, encoder_c_mults=[2], encoder_strides=[4],
            encoder_transformer_depths=[1], latent_dim=8, dim_heads=8, sampling_rate=4000,
        )),
        text_encoder=T5GemmaEncoderModel(
            T5GemmaConfig(encoder=module, decoder=module, is_encoder_decoder=False, vocab_size=64)
        ),
        tokenizer=GemmaTokenizerFast(
            vocab={symbol: i for i, symbol in enumerate(symbols)}, merges=[], model_max_length=24
        ),
        duration_embedder=StableAudio3DurationEmbedder(output_dim=WIDTH, fourier_dim=16),
        transformer=StableAudio3DiTModel(
            io_channels=8, embed_dim=32, depth=2, num_heads=4, cond_token_dim=WIDTH, global_cond_dim=WIDTH,
            local_add_cond_dim=9, timestep_features_dim=16, num_memory_tokens=2, ff_mult=2.0,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(
            num_train_timesteps=1, shift=1.0, stochastic_sampling=distilled
        ),
    )  # fmt: skip
    pipeline.save_pretrained(folder)
    return folder


def ace_step(folder: Path, *, turbo: bool = False) -> Path:
    from diffusers import AceStepPipeline, AceStepTransformer1DModel
    from diffusers.pipelines.ace_step.modeling_ace_step import (
        AceStepAudioTokenDetokenizer,
        AceStepAudioTokenizer,
        AceStepConditionEncoder,
    )
    from transformers import Qwen3Config, Qwen3Model

    torch.manual_seed(4)
    sizes = {"hidden_size": WIDTH, "intermediate_size": 37, "num_attention_heads": 4, "num_key_value_heads": 2}
    sizes |= {"head_dim": 8}
    audio = {"audio_acoustic_hidden_dim": 8, "pool_window_size": 5}
    coder = {**sizes, **audio, "fsq_dim": WIDTH, "fsq_input_levels": [64, 64], "num_attention_pooler_hidden_layers": 1}
    pipeline = AceStepPipeline(
        vae=oobleck(4000, 8, (4, 4, 10)),
        text_encoder=Qwen3Model(
            Qwen3Config(
                vocab_size=64, num_hidden_layers=2, max_position_embeddings=512, **sizes
            )
        ),
        tokenizer=word_tokenizer(512),
        transformer=AceStepTransformer1DModel(
            num_hidden_layers=2, in_channels=24, audio_acoustic_hidden_dim=8, patch_size=2, is_turbo=turbo,
            encoder_hidden_size=WIDTH, **sizes,
        ),
        condition_encoder=AceStepConditionEncoder(
            text_hidden_dim=WIDTH, timbre_hidden_dim=8, num_lyric_encoder_hidden_layers=1,
            num_timbre_encoder_hidden_layers=1, **sizes,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
        audio_tokenizer=loud(AceStepAudioTokenizer(**coder)),
        audio_token_detokenizer=AceStepAudioTokenDetokenizer(
            **{k: v for k, v in coder.items() if not k.startswith("fsq_")}
        ),
    )  # fmt: skip
    pipeline.save_pretrained(folder)
    return folder


def longcat(folder: Path) -> Path:
    from diffusers import LongCatAudioDiTPipeline, LongCatAudioDiTTransformer, LongCatAudioDiTVae
    from transformers import UMT5Config, UMT5EncoderModel

    torch.manual_seed(5)
    pipeline = LongCatAudioDiTPipeline(
        vae=LongCatAudioDiTVae(
            channels=4, c_mults=[1, 2], strides=[4, 8], latent_dim=8, encoder_latent_dim=16, downsampling_ratio=32,
            sample_rate=4000,
        ),
        text_encoder=UMT5EncoderModel(
            UMT5Config(vocab_size=64, d_model=WIDTH, d_ff=37, d_kv=8, num_layers=2, num_heads=4)
        ),
        tokenizer=word_tokenizer(24),
        transformer=loud(LongCatAudioDiTTransformer(
            dit_dim=WIDTH, dit_depth=2, dit_heads=4, dit_text_dim=WIDTH, latent_dim=8
        )),
    )  # fmt: skip
    pipeline.save_pretrained(folder)
    return folder


def musicgen(folder: Path, *, channels: int = 1) -> Path:
    from transformers.models.musicgen.configuration_musicgen import MusicgenDecoderConfig

    torch.manual_seed(6)
    config = MusicgenConfig(**coded_parts(MusicgenDecoderConfig, channels))
    coded(MusicgenForConditionalGeneration(config), folder)
    features = EncodecFeatureExtractor(feature_size=channels, sampling_rate=4000, padding_side="left")
    MusicgenProcessor(features, t5(24)).save_pretrained(folder)
    return folder


def musicgen_melody(folder: Path) -> Path:
    from transformers import MusicgenMelodyConfig, MusicgenMelodyForConditionalGeneration
    from transformers.models.musicgen_melody.configuration_musicgen_melody import MusicgenMelodyDecoderConfig

    torch.manual_seed(7)
    config = MusicgenMelodyConfig(**coded_parts(MusicgenMelodyDecoderConfig, 1), chroma_length=6)
    coded(MusicgenMelodyForConditionalGeneration(config), folder)
    t5(24).save_pretrained(folder)
    features = {"feature_extractor_type": "MusicgenMelodyFeatureExtractor", "sampling_rate": 4000}
    (folder / "preprocessor_config.json").write_text(json.dumps(features))
    return folder


def coded_parts(decoder: Any, channels: int) -> dict[str, Any]:
    """Text encoder, EnCodec and the language model of codes."""
    return {
        "text_encoder": T5Config(vocab_size=64, d_model=WIDTH, d_ff=37, d_kv=8, num_layers=2, num_heads=4).to_dict(),
        "audio_encoder": EncodecConfig(
            sampling_rate=4000, upsampling_ratios=[8, 5, 4], num_filters=4, codebook_size=32, codebook_dim=8,
            hidden_size=8, target_bandwidths=[0.5], use_causal_conv=False, num_lstm_layers=1,
        ).to_dict(),
        "decoder": decoder(
            vocab_size=32, hidden_size=WIDTH, ffn_dim=37, num_hidden_layers=2, num_attention_heads=4,
            num_codebooks=4 * channels, audio_channels=channels, pad_token_id=None, bos_token_id=None,
            initializer_factor=0.3,
        ).to_dict(),
    }  # fmt: skip


def coded(model: Any, folder: Path) -> None:
    """Writes a model of codes that can be heard."""
    for layer in model.audio_encoder.quantizer.layers:
        layer.codebook.embed.normal_()
    generation = model.generation_config
    generation.pad_token_id = generation.decoder_start_token_id = generation.bos_token_id = 32
    generation.do_sample, generation.guidance_scale, generation.max_length = True, 3.0, 1500
    model.save_pretrained(folder)
