"""Fill the plain site: `python -m bench.baseline_pages.fill NUMBER` (settings from the environment)."""

import io
import sys

import django

TEXT = "<p>" + "长期奋战在基层一线，带着班组把一件件难事做成，事迹在当地广为流传。" * 6 + "</p>"


def main(number: int) -> None:
    """Migrate and add that many people, each with portrait, four paragraphs and a picture."""
    django.setup()
    from django.core.files.images import ImageFile
    from django.core.management import call_command
    from PIL import Image as Drawing
    from wagtail.images.models import Image
    from wagtail.models import Page, Site

    from bench.baseline_pages.models import PersonIndexPage, PersonPage

    call_command("migrate", verbosity=0)
    pictures = []
    for index in range(5):
        drawn = io.BytesIO()
        Drawing.new("RGB", (800, 1000), (90 + index, 90, 90)).save(drawn, "JPEG")
        pictures.append(Image.objects.create(title=f"image {index}", file=ImageFile(drawn, name=f"p{index}.jpg")))
    root = Page.objects.get(depth=1)
    home = root.add_child(instance=PersonIndexPage(title="首页", slug="front"))
    Site.objects.update(root_page=home)
    index_page = home.add_child(instance=PersonIndexPage(title="人物", slug="people", show_in_menus=True))
    for index in range(3):
        home.add_child(instance=PersonIndexPage(title=f"栏目{index}", slug=f"s{index}", show_in_menus=True))
    for index in range(number):
        picture = pictures[index % len(pictures)]
        page = PersonPage(title=f"人物{index}", slug=f"p{index}", intro="简介" * 20, portrait=picture)
        page.body = [("heading", "主要事迹"), *(("paragraph", TEXT) for _ in range(4)), ("image", picture)]
        index_page.add_child(instance=page)


if __name__ == "__main__":
    main(int(sys.argv[1]))
