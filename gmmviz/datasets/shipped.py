"""The classic data sets that come with the package, each with its source and license."""

from __future__ import annotations

import csv
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from gmmviz.datasets.base import DATASETS, Dataset, DatasetSource
from gmmviz.errors import InputError, brief, hint
from gmmviz.options import options

Features = tuple[Annotated[str, Field(min_length=1)], ...] | None
# The description is given here, because subclasses do not inherit the string below a field.
Fitted = Annotated[
    str | None,
    Field(
        description="Fit only the rows with this label, and keep the others to be scored; default: fit all rows."
    ),
]
FOLDER = files("gmmviz.datasets") / "data"


class Table(DatasetSource):
    """A shipped table: some columns are features, one may be labels.

    A subclass states where its numbers come from; incomplete rows are left out.
    """

    name: ClassVar[str]
    file: ClassVar[str]
    columns: ClassVar[dict[str, str]]
    """Feature names, with units, by column of the file."""
    label: ClassVar[str | None] = None
    keep: ClassVar[dict[str, str]] = {}
    """Column and value that a row must have."""
    source: ClassVar[str]

    features: Features

    def load(self, folder: Path = Path()) -> Dataset:
        """Read the table that comes with the package.

        Parameters
        ----------
        folder : Path, optional
            Not used.

        Returns
        -------
        Dataset
            The chosen features, or all of them, with the labels where the table has some.

        Raises
        ------
        InputError
            If there is no such feature or label.
        """
        chosen = [self._column(feature, i) for i, feature in enumerate(self.features or self.columns)]
        with (FOLDER / self.file).open(encoding="utf-8") as file:
            rows = [
                row
                for row in csv.DictReader(file)
                if all(row[column] for column in self.columns)
                and all(row[column] == value for column, value in self.keep.items())
            ]
        points = np.array([[float(row[column]) for column in chosen] for row in rows])
        labels = np.array([row[self.label] for row in rows]) if self.label else None
        names = tuple(self.columns[column] for column in chosen)
        data = Dataset(points, names, self.name, labels=labels, source=self.source, columns=tuple(chosen))
        return self.divided(data)

    def divided(self, data: Dataset) -> Dataset:
        """Set some rows aside, if the data set can do that.

        Parameters
        ----------
        data : Dataset
            All rows.

        Returns
        -------
        Dataset
            The rows to fit, with the `others` beside them.
        """
        return data

    def _column(self, feature: str, i: int) -> str:
        """The file's column for the i-th chosen feature, which is named by its column or by its title."""
        by_title = {title: column for column, title in self.columns.items()}
        column = by_title.get(feature, feature)
        if column not in self.columns:
            message = f"{self.name} has no feature {brief(feature)}; {hint(feature, self.columns)}"
            raise InputError(message, "features", i)
        return column


@options
class LabeledTable(Table):
    """A shipped table with a column of labels."""

    fit: Fitted = None

    def divided(self, data: Dataset) -> Dataset:
        """Keep the rows of one label, and set the others aside.

        Parameters
        ----------
        data : Dataset
            All rows.

        Returns
        -------
        Dataset
            The rows labeled `fit`, with all others as `others`; all rows if `fit` is None.

        Raises
        ------
        InputError
            If no row has that label.
        """
        if self.fit is None:
            return data
        assert data.labels is not None
        known = list(dict.fromkeys(data.labels.tolist()))
        if self.fit not in known:
            raise InputError(f"{self.name} has no rows labeled {brief(self.fit)}; {hint(self.fit, known)}", "fit")
        chosen = data.labels == self.fit
        rest = [label for label in known if label != self.fit]
        return replace(
            data,
            points=data.points[chosen],
            labels=data.labels[chosen],
            name=f"{self.name}, {self.fit}",
            others=data.points[~chosen],
            others_name=rest[0] if len(rest) == 1 else "others",
        )


@DATASETS.register("old_faithful")
@options
class OldFaithful(Table):
    """272 eruptions of the Old Faithful geyser: how long each lasted, and the wait until the next."""

    name = "Old Faithful"
    file = "old_faithful.csv"
    columns = {"eruptions": "eruption (min)", "waiting": "waiting (min)"}
    source = "Azzalini & Bowman (1990), Applied Statistics 39:357; R datasets::faithful. Published measurements."

    features: Features = None
    """Which features to take, by column name: 'eruptions', 'waiting'; default: both."""


@DATASETS.register("iris")
@options
class Iris(LabeledTable):
    """150 iris flowers of three species, four measures each."""

    name = "Iris"
    file = "iris.csv"
    columns = {
        "sepal_length_cm": "sepal length (cm)",
        "sepal_width_cm": "sepal width (cm)",
        "petal_length_cm": "petal length (cm)",
        "petal_width_cm": "petal width (cm)",
    }
    label = "species"
    source = "Anderson (1935); Fisher (1936), Annals of Eugenics 7:179; UCI, CC BY 4.0."

    features: Features = None
    """Which features to take, by column name, such as 'petal_length_cm'; default: all four."""


@DATASETS.register("wine")
@options
class Wine(LabeledTable):
    """178 wines of three cultivars, thirteen chemical measures each."""

    name = "Wine"
    file = "wine.csv"
    columns = {
        "alcohol": "alcohol (%)",
        "malic_acid": "malic acid (g/l)",
        "ash": "ash (g/l)",
        "alcalinity_of_ash": "alcalinity of ash",
        "magnesium": "magnesium (mg/l)",
        "total_phenols": "total phenols",
        "flavanoids": "flavanoids",
        "nonflavanoid_phenols": "nonflavanoid phenols",
        "proanthocyanins": "proanthocyanins",
        "color_intensity": "color intensity",
        "hue": "hue",
        "od280_od315_of_diluted_wines": "OD280/OD315",
        "proline": "proline (mg/l)",
    }
    label = "cultivar"
    source = "Forina et al. (1988), PARVUS; UCI, CC BY 4.0."

    features: Features = None
    """Which features to take, by column name, such as 'flavanoids'; default: all thirteen."""


@DATASETS.register("penguins")
@options
class Penguins(LabeledTable):
    """342 penguins of three species near Palmer Station, four measures each; two incomplete rows left out."""

    name = "Palmer penguins"
    file = "penguins.csv"
    columns = {
        "bill_length_mm": "bill length (mm)",
        "bill_depth_mm": "bill depth (mm)",
        "flipper_length_mm": "flipper length (mm)",
        "body_mass_g": "body mass (g)",
    }
    label = "species"
    source = "Horst, Hill & Gorman (2020), palmerpenguins; Gorman et al. (2014), PLoS ONE 9:e90081. CC0."

    features: Features = None
    """Which features to take, by column name, such as 'bill_length_mm'; default: all four."""


@DATASETS.register("galaxies")
@options
class Galaxies(Table):
    """Velocities of 82 galaxies of the Corona Borealis region: one feature, and clumps that are debated."""

    name = "Galaxies"
    file = "galaxies.csv"
    columns = {
        "velocity_km_s_corrected": "velocity (km/s)",
        "velocity_km_s_mass": "velocity (km/s), as in MASS",
    }
    source = (
        "Roeder (1990), JASA 85:617. Observation 78 is 26960, as the help of R's MASS::galaxies corrects its "
        "own 26690. Published measurements."
    )

    features: Features = ("velocity_km_s_corrected",)
    """'velocity_km_s_corrected', or 'velocity_km_s_mass' for the numbers that R's MASS has."""


@DATASETS.register("acidity")
@options
class Acidity(Table):
    """Acidity of 155 lakes: one feature, log(ANC + 50)."""

    name = "Acidity"
    file = "acidity.csv"
    columns = {"log_anc_plus_50": "log(ANC + 50)"}
    source = "Crawford (1994), JASA 89:259; R mclust::acidity. Published measurements."

    features: Features = None
    """There is one: 'log_anc_plus_50'."""


@DATASETS.register("swiss_banknotes")
@options
class SwissBanknotes(LabeledTable):
    """200 old Swiss 1000-franc notes, half of them forged, six measures each."""

    name = "Swiss banknotes"
    file = "swiss_banknotes.csv"
    columns = {
        "length_mm": "length (mm)",
        "left_mm": "left edge (mm)",
        "right_mm": "right edge (mm)",
        "bottom_mm": "bottom margin (mm)",
        "top_mm": "top margin (mm)",
        "diagonal_mm": "diagonal (mm)",
    }
    label = "status"
    source = "Flury & Riedwyl (1988), Multivariate Statistics, tables 1.1 and 1.2; R mclust::banknote. Published."

    features: Features = None
    """Which features to take, by column name, such as 'diagonal_mm'; default: all six."""


@DATASETS.register("vowels")
@options
class Vowels(LabeledTable):
    """660 vowels spoken by 33 men: the first two formants, and which vowel was meant."""

    name = "Vowels"
    file = "vowels_peterson_barney.csv"
    columns = {"f1_hz": "F1 (Hz)", "f2_hz": "F2 (Hz)", "f0_hz": "F0 (Hz)", "f3_hz": "F3 (Hz)"}
    label = "ipa"
    keep = {"speaker_type": "m"}
    source = "Peterson & Barney (1952), JASA 24:175; R phonTools::pb52, BSD-2."

    features: Features = ("f1_hz", "f2_hz")
    """Which features to take: 'f1_hz', 'f2_hz', 'f0_hz', 'f3_hz'."""
