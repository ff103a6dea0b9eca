"""Forms in KERN markup: labels, hints, errors, required marks, files."""

from django import forms
from lxml import html

from tests.desk.markup import all_ids, render, text_of


class SampleForm(forms.Form):
    title = forms.CharField(label="Betreff", help_text="So wie gesucht wird.")
    kind = forms.ChoiceField(label="Typ", choices=[("a", "Antrag")])
    direction = forms.ChoiceField(
        label="Richtung", widget=forms.RadioSelect, choices=[("in", "Eingang"), ("out", "Ausgang")]
    )
    secret = forms.BooleanField(label="vertraulich", required=False)
    note = forms.CharField(label="Notiz", required=False, widget=forms.Textarea)
    original = forms.FileField(label="Datei", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=3)

    def clean(self) -> None:
        raise forms.ValidationError("Betreff und Typ passen nicht zusammen.")


def rendered(form: forms.Form) -> html.HtmlElement:
    return render("{{ form }}", form=form)


def test_every_visible_field_has_its_own_label() -> None:
    root = rendered(SampleForm())
    for name, label in (
        ("title", "Betreff"),
        ("kind", "Typ"),
        ("note", "Notiz"),
        ("secret", "vertraulich"),
    ):
        control = root.xpath(f'//*[@name="{name}"]')[0]
        labels = root.xpath(f'//label[@for="{control.get("id")}"]')
        assert len(labels) == 1
        assert text_of(labels[0]).removesuffix(" *") == label


def test_required_fields_are_marked_and_optional_are_not() -> None:
    root = rendered(SampleForm())
    assert text_of(root.xpath('//label[@for="id_title"]')[0]).endswith("*")
    assert not text_of(root.xpath('//label[@for="id_note"]')[0]).endswith("*")


def test_radio_choices_stand_in_a_fieldset_with_legend() -> None:
    root = rendered(SampleForm())
    fieldset = root.xpath("//fieldset")[0]
    assert text_of(fieldset.xpath("legend")[0]).startswith("Richtung")
    assert [text_of(label) for label in fieldset.xpath(".//label")] == ["Eingang", "Ausgang"]


def test_widgets_carry_kerns_classes() -> None:
    root = rendered(SampleForm())
    classes = {
        name: root.xpath(f'//*[@name="{name}"]')[0].get("class")
        for name in ("title", "kind", "direction", "secret", "note")
    }
    assert classes == {
        "title": "kern-form-input__input",
        "kind": "kern-form-input__select",
        "direction": "kern-form-check__radio",
        "secret": "kern-form-check__checkbox",
        "note": "kern-form-input__input",
    }


def test_own_classes_of_a_widget_survive() -> None:
    class OwnForm(forms.Form):
        title = forms.CharField(widget=forms.TextInput(attrs={"class": "kurz"}))

    control = rendered(OwnForm()).xpath('//*[@name="title"]')[0]
    assert control.get("class") == "kern-form-input__input kurz"


def test_errors_stand_beside_the_field_and_at_the_top_with_a_link() -> None:
    root = rendered(SampleForm({"kind": "falsch", "direction": "in", "version": "3"}))
    summary = root.xpath("//*[@data-form-errors]")[0]
    assert summary.get("role") == "alert"
    assert "Betreff und Typ passen nicht zusammen." in text_of(summary)
    targets = [link.get("href").removeprefix("#") for link in summary.xpath(".//a")]
    assert targets == ["id_title", "id_kind"]
    assert set(targets) <= set(all_ids(root))
    title = root.xpath('//*[@name="title"]')[0]
    assert title.get("aria-invalid") == "true"


def test_descriptions_of_fields_exist() -> None:
    root = rendered(SampleForm({"version": "3"}))
    known = set(all_ids(root))
    described = [str(one) for one in root.xpath("//@aria-describedby")]
    assert described
    assert {part for one in described for part in one.split()} <= known


def test_hidden_fields_are_sent_without_label() -> None:
    root = rendered(SampleForm())
    assert root.xpath('//input[@type="hidden" and @name="version" and @value="3"]')
    assert not root.xpath('//label[@for="id_version"]')


def test_a_file_field_is_a_drop_zone_that_works_without_script() -> None:
    root = rendered(SampleForm())
    zone = root.xpath("//*[@data-dropzone]")[0]
    assert zone.xpath('.//input[@type="file" and @name="original"]')


def test_a_placeholder_that_repeats_the_label_is_left_out() -> None:
    class LoginForm(forms.Form):
        login = forms.CharField(
            label="Anmeldename", widget=forms.TextInput(attrs={"placeholder": "Anmeldename"})
        )
        code = forms.CharField(
            label="Code", widget=forms.TextInput(attrs={"placeholder": "123456"})
        )

    root = rendered(LoginForm())
    assert root.xpath('//*[@name="login"]')[0].get("placeholder") is None
    assert root.xpath('//*[@name="code"]')[0].get("placeholder") == "123456"
