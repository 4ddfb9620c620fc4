"""A panel of tabs that folds away to its row of tabs."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.deferred import Deferred
from desktop.icons import Icons
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import TabBar
from desktop.widgets.plain import set_name, set_tab_tooltip, set_tooltip

HEAD = 28  # px


class TabDock(QFrame):
    """Tabs over a stack. `folded_changed` tells the splitter around it to give or take room."""

    folded_changed = Signal(bool)

    def __init__(self, name: str, theme: Theme, icons: Icons, *, folds: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._folded = False
        self._deferred: dict[str, Deferred[QWidget]] = {}
        self.setProperty("role", "panel")
        self.tabs = TabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)  # there is room for all, also in the moment when a title gets longer
        set_name(self.tabs, name)
        self.tabs.setFont(theme.font())
        self.stack = QStackedWidget()
        self._fold = IconButton(icons, "caret-down", f"Fold {name}", size=14)
        if not folds:
            self._fold.hide()
        self._fold.clicked.connect(lambda: self.set_folded(not self._folded))
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 4, 0)
        head.setSpacing(4)
        head.addWidget(self.tabs)
        head.addStretch(1)
        self.head = head
        head.addWidget(self._fold)
        line = QFrame()
        line.setProperty("role", "hline")
        under = QFrame()
        under.setProperty("role", "hline")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line)
        column.addLayout(head)
        column.addWidget(under)
        column.addWidget(self.stack, 1)
        line.setVisible(folds)
        self._name = name
        self.tabs.currentChanged.connect(self._show)
        self.tabs.tabBarClicked.connect(lambda _: self.set_folded(False))

    def add(self, name: str, panel: QWidget | Deferred[QWidget]) -> None:
        """Adds a tab. A deferred panel is built when its tab is first opened."""
        if isinstance(panel, Deferred):
            place = QWidget()
            self._deferred[name] = panel
            self.stack.addWidget(place)
            panel.when_built(lambda built: self._put(built, place))
        else:
            self.stack.addWidget(panel)
        index = self.tabs.addTab(name)
        self.tabs.setTabData(index, name)
        if index == self.tabs.currentIndex():  # the first one
            self._show(index)

    def open(self, name: str) -> None:
        """Unfolds the dock and shows the tab that was added as `name`."""
        for index in range(self.tabs.count()):
            if self.tabs.tabData(index) == name:
                self.tabs.setCurrentIndex(index)
        self.set_folded(False)

    def set_tip(self, name: str, tip: str) -> None:
        """Says more of the tab that was added as `name` when the mouse rests on it."""
        for index in range(self.tabs.count()):
            if self.tabs.tabData(index) == name:
                set_tab_tooltip(self.tabs, index, tip)

    def set_title(self, name: str, title: str) -> None:
        """Gives the tab that was added as `name` another title; it is opened by its name still."""
        for index in range(self.tabs.count()):
            if self.tabs.tabData(index) == name:
                self.tabs.setTabText(index, title)

    @property
    def current(self) -> str:
        """The name of the tab that is open."""
        return str(self.tabs.tabData(self.tabs.currentIndex()))

    @property
    def folded(self) -> bool:
        """Whether only the tabs are seen."""
        return self._folded

    def set_folded(self, folded: bool) -> None:
        """Folds or unfolds."""
        if folded == self._folded:
            return
        self._folded = folded
        self.stack.setVisible(not folded)
        self._fold.setIcon(self._icons.icon("caret-up" if folded else "caret-down"))
        set_name(self._fold, f"{'Unfold' if folded else 'Fold'} {self._name}")
        set_tooltip(self._fold, self._fold.accessibleName())
        self.setMaximumHeight(HEAD + 2 if folded else 16777215)
        self.setMinimumHeight(HEAD + 2 if folded else 0)
        self.folded_changed.emit(folded)

    def _show(self, index: int) -> None:
        left, focused = self.stack.currentWidget(), QApplication.focusWidget()
        if left is not None and focused is not None and left.isAncestorOf(focused):
            self.window().setFocus()  # else what comes first on the other page would have the keyboard
        if deferred := self._deferred.get(self.tabs.tabData(index)):
            deferred()
        self.stack.setCurrentIndex(index)
        self.tabs.setCursor(Qt.CursorShape.ArrowCursor)

    def _put(self, panel: QWidget, place: QWidget) -> None:
        """Puts a panel where an empty page holds its place."""
        index, current = self.stack.indexOf(place), self.stack.currentIndex()
        self.stack.removeWidget(place)
        place.deleteLater()
        self.stack.insertWidget(index, panel)
        self.stack.setCurrentIndex(current)
