"""The application's style sheet, filled in from the theme's tokens."""

from string import Template

from PySide6.QtGui import QColor

from desktop.theme import Theme
from engine import paths

_SHEET = Template("""
* { outline: none; }
QWidget { color: $text; }
QMainWindow, QDialog, QMessageBox, QFileDialog { background: $window; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line_strong; padding: 4px 8px; font-size: 11px; }

QLabel { background: transparent; }
QLabel[role="dim"] { color: $dim; }
QLabel[role="small"] { color: $dim; font-size: 11px; }
QLabel[role="section"] { color: $dim; font-size: 11px; font-weight: 600; }
QLabel[role="title"] { font-size: 16px; font-weight: 600; }
QLabel[role="heading"] { font-size: 13px; font-weight: 600; }
QLabel[role="error"] { color: $error; }
QLabel[role="warning"] { color: $warning; font-size: 11px; }
QFrame#composer_options { background: $raised; border: 1px solid $line_strong; border-radius: 6px; }
QLabel:disabled { color: $disabled; }

QFrame[role="bar"], QWidget[role="bar"] { background: $panel; }
QFrame[role="panel"], QWidget[role="panel"] { background: $panel; }
QFrame[role="well"] { background: $window; border: 1px solid $line; border-radius: ${radius}px; }
QFrame[role="card"] { background: $panel; border: 1px solid $line; border-radius: 6px; }
QFrame[role="hline"], QWidget[role="hline"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="vline"] { background: $line; border: none; max-width: 1px; min-width: 1px; }
QFrame[role="error-bar"] { background: $error_quiet; border: 1px solid $error; border-radius: 6px; }
QFrame[role="notice-bar"] { background: $raised; border: 1px solid $line_strong; border-radius: 6px; }

QPushButton { background: $raised; border: 1px solid $line_strong; border-radius: ${radius}px; padding: 0 12px;
  min-height: 26px; max-height: 26px; font-weight: 400; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border: 2px solid $accent; padding: 0 11px; min-height: 24px; max-height: 24px; }
QPushButton:disabled { color: $disabled; border-color: $line; background: $panel; }
QPushButton:checked { background: $accent_quiet; border-color: $accent; }
QPushButton[role="primary"] { background: $accent; border-color: $accent; color: $ink; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $accent; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { background: $raised; border-color: $line; color: $disabled; }
QPushButton[role="field"] { min-height: 22px; max-height: 22px; }
QPushButton[role="field"]:focus { min-height: 20px; max-height: 20px; }
QPushButton[role="choice"] { background: transparent; border: 1px solid transparent; padding: 0 6px;
  min-height: 20px; max-height: 20px; }
QPushButton[role="lane"] { background: transparent; border: 1px solid transparent; padding: 0 6px; text-align: left; }
QPushButton[role="lane"]:hover { background: $hover; }
QPushButton[role="lane"]:focus { border: 2px solid $accent; padding: 0 5px; }
QPushButton[role="choice"]:hover { background: $hover; }
QPushButton[role="choice"]:checked { background: $accent_quiet; border-color: $accent; }
QPushButton[role="choice"]:focus { border: 2px solid $accent; padding: 0 5px; min-height: 18px; max-height: 18px; }
QPushButton[role="keys"] { background: transparent; border: 1px solid transparent; color: $dim; padding: 0 6px;
  min-height: 18px; max-height: 18px; text-align: right; }
QPushButton[role="keys"]:hover { border-color: $line_strong; color: $text; }
QPushButton[role="keys"][chosen="true"] { color: $accent; }
QPushButton[role="keys"]:focus, QPushButton[role="keys"][waiting="true"] { border: 2px solid $accent; padding: 0 5px;
  min-height: 16px; max-height: 16px; }
QPushButton[role="keys"][waiting="true"] { background: $accent_quiet; color: $text; }
QPushButton[role="link"] { background: transparent; border: 1px solid transparent; color: $accent; padding: 0 4px; }
QPushButton[role="link"]:hover { color: $accent_hover; }
QPushButton[role="link"]:focus { border: 2px solid $accent; padding: 0 3px; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: ${radius}px; padding: 0;
  min-width: 26px; min-height: 26px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $pressed; }
QToolButton:checked { background: $accent_quiet; color: $accent; }
QToolButton:focus { border: 2px solid $accent; }
QToolButton:disabled { color: $disabled; }
QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QPlainTextEdit, QTextEdit { background: $window; border: 1px solid $line_strong; border-radius: ${radius}px;
  selection-background-color: $accent; selection-color: $ink; }
QLineEdit { padding: 0 7px; min-height: 22px; max-height: 22px; }
QLineEdit:hover { border-color: $disabled; }
QPlainTextEdit:focus { border: 2px solid $accent; }
QLineEdit:focus { border: 2px solid $accent; padding: 0 6px; min-height: 20px; max-height: 20px; }
QLineEdit:disabled, QLineEdit:read-only { color: $dim; border-color: $line; }
QLineEdit[role="plain"] { background: transparent; border: 1px solid transparent; font-size: 13px; font-weight: 600; }
QLineEdit[role="plain"]:hover { border-color: $line_strong; }
QLineEdit[role="plain"]:focus { border: 2px solid $accent; background: $window; }

QAbstractSpinBox { background: $window; border: 1px solid $line_strong; border-radius: ${radius}px; padding: 0 4px;
  min-height: 22px; max-height: 22px; selection-background-color: $accent; selection-color: $ink; }
QAbstractSpinBox:focus { border: 2px solid $accent; min-height: 20px; max-height: 20px; }
QAbstractSpinBox QLineEdit { border: none; background: transparent; padding: 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 14px; border: none; background: transparent; }
QAbstractSpinBox::up-arrow { image: url("$icons/caret-up.svg"); width: 8px; height: 8px; }
QAbstractSpinBox::down-arrow { image: url("$icons/caret-down.svg"); width: 8px; height: 8px; }

QComboBox { background: $raised; border: 1px solid $line_strong; border-radius: ${radius}px; padding: 0 8px;
  min-height: 22px; max-height: 22px; }
QComboBox:hover { background: $hover; }
QComboBox:focus, QComboBox:on { border: 2px solid $accent; padding: 0 7px; min-height: 20px; max-height: 20px; }
QComboBox:disabled { color: $disabled; border-color: $line; background: $panel; }
QComboBox::drop-down { border: none; width: 20px; subcontrol-position: center right; }
QComboBox::down-arrow { image: url("$icons/caret-down.svg"); width: 10px; height: 10px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line_strong; padding: 4px; outline: none;
  selection-background-color: $accent; selection-color: $ink; }
QComboBox QAbstractItemView:focus { border: 1px solid $line_strong; }
QComboBox QAbstractItemView::item { min-height: 24px; padding: 0 8px; border-radius: ${radius}px; }

QCheckBox, QRadioButton { spacing: 8px; padding-right: 4px; min-height: 22px; background: transparent;
  border: 2px solid transparent; border-radius: ${radius}px; }
QCheckBox:focus, QRadioButton:focus { border: 2px solid $accent; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $line_strong;
  background: $window; border-radius: 3px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $dim; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$icons/check.svg"); }
QCheckBox::indicator:indeterminate { background: $accent_quiet; border-color: $accent; image: url("$icons/dash.svg"); }
QRadioButton::indicator:checked { background: $accent; border-color: $accent; image: url("$icons/dot.svg"); }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $panel; border-color: $line; }
QCheckBox:disabled, QRadioButton:disabled { color: $disabled; }

QMenuBar { background: $panel; border: none; padding: 0 4px; min-height: 24px; font-size: 12px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: ${radius}px; color: $dim; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; color: $text; }
QMenu { background: $raised; border: 1px solid $line_strong; padding: 4px; }
QMenu::item { padding: 4px 20px 4px 8px; border-radius: ${radius}px; min-height: 16px; background: transparent; }
QMenu::item:selected { background: $accent; color: $ink; }
QMenu::item:disabled { color: $disabled; }
QMenu::item:disabled:selected { background: $hover; color: $disabled; }
QMenu::separator { height: 1px; background: $line_strong; margin: 4px 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 12px; height: 12px; left: 8px; }
QMenu::indicator:checked { image: url("$icons/check-light.svg"); }
QMenu::indicator:checked:selected { image: url("$icons/check.svg"); }
QMenu::right-arrow { image: url("$icons/caret-right.svg"); width: 10px; height: 10px; right: 8px; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line_strong; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 24px; margin: 2px; }
QScrollBar::handle:horizontal { min-width: 24px; margin: 2px; }
QScrollBar::handle:hover { background: $disabled; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollArea[focusless="true"]:focus { border: none; }

QTabWidget::pane { border: none; border-top: 1px solid $line; background: $panel; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $dim; padding: 0 12px; min-height: 26px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { color: $accent; }

QAbstractItemView { background: $window; border: 1px solid $line; border-radius: ${radius}px;
  alternate-background-color: $panel; selection-background-color: $accent_quiet; selection-color: $text;
  show-decoration-selected: 1; }
QAbstractItemView:focus { border: 2px solid $accent; }
QAbstractItemView[role="flat"] { border: none; background: transparent; }
QAbstractItemView[role="flat"]:focus { border: 2px solid $accent; }
QAbstractItemView::item { min-height: 22px; padding: 0 8px; border: none; }
QAbstractItemView::item:hover { background: $hover; }
QAbstractItemView::item:selected { background: $accent_quiet; color: $text; }
QHeaderView { background: $panel; border: none; }
QHeaderView::section { background: $panel; color: $dim; border: none; border-bottom: 1px solid $line; padding: 0 8px;
  min-height: 22px; font-size: 11px; font-weight: 600; }
QTableCornerButton::section { background: $panel; border: none; }
QTreeView::branch { background: transparent; }

QProgressBar { background: $meter_well; border: none; border-radius: 2px; min-height: 4px; max-height: 4px;
  color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }

QSlider { min-height: 20px; }
QSlider::groove:horizontal { background: $meter_well; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { background: $text; width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; }
QSlider:focus { border: 2px solid $accent; border-radius: ${radius}px; }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QFileDialog { filedialog-parent-directory-icon: url("$icons/files-up.svg");
  filedialog-new-directory-icon: url("$icons/files-new.svg");
  filedialog-detailedview-icon: url("$icons/files-details.svg");
  filedialog-listview-icon: url("$icons/files-list.svg"); backward-icon: url("$icons/files-back.svg");
  forward-icon: url("$icons/files-forward.svg"); computer-icon: url("$icons/files-computer.svg");
  home-icon: url("$icons/files-home.svg"); directory-icon: url("$icons/files-folder.svg");
  leftarrow-icon: url("$icons/files-back.svg"); rightarrow-icon: url("$icons/files-forward.svg"); }
QHeaderView::up-arrow { image: url("$icons/caret-up.svg"); width: 8px; height: 8px; }
QHeaderView::down-arrow { image: url("$icons/caret-down.svg"); width: 8px; height: 8px; }
QSizeGrip { image: none; width: 0; height: 0; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QStatusBar { background: $panel; border: none; }
QStatusBar::item { border: none; }
QGroupBox { border: none; margin: 0; padding: 0; }
""")


def stylesheet(theme: Theme) -> str:
    """The style sheet in `theme`'s colours."""
    colours = {name: value.name() for name, value in vars(theme).items() if isinstance(value, QColor)}
    return _SHEET.substitute(colours, radius=theme.radius, icons=(paths.resources() / "icons").as_posix())
