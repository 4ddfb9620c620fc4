"""Music from prompts: the window's side of the generator, and the panel that asks it.

The Generate tab: `panel` with `prompt_box`, `fields`, `sound_field`, `listen_field` and `footer`; its state
`panel_state`, `panel_inputs`. Orders: `controller`, `model_choice`, `order_runner`, `run_order`, `insert_takes`,
`more_takes`.
Continuing live: `live`, with `live_clip`, `live_bar`, `live_controls`, `live_row`, `live_text`. Parts made anew:
`inpainting`, compared in `review`, `review_bar`, `ab_candidates`.
The composer: `composer_bar` with `composer_options`, `composer_places`, `composer_verbs`; `composing` asks it.
"""
