"""The facts file as a list of things that can be asked, each with its one canonical answer."""
import dataclasses
import itertools
import pathlib
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"]
OTHER_NICKNAMES = {
    "the Evening Star": "Venus", "the Blue Marble": "Earth", "the King of the Planets": "Jupiter",
    "the Rusty Planet": "Mars", "the Lord of the Rings": "Saturn", "the Jewel of the Solar System": "Saturn", "the Home Planet": "Earth",
    "the Planet of Storms": "Jupiter", "the Planet of Love": "Venus", "the Bull's Eye Planet": "Uranus",
}


@dataclasses.dataclass(frozen=True)
class Fact:
    attribute: str   # a key of phrasings.toml's attributes, or "superlative" or "single"
    slots: dict      # what {p}, {x}, {y}, {c} stand for
    answer: str
    topic: str = ""  # what "it" means after the answer; empty: nothing
    ask: tuple = ()  # ways to ask, where the fact brings its own


def load(name):
    with open(ROOT / name, "rb") as file:
        return tomllib.load(file)


def build(file=None):
    file = file or load("facts.toml")
    facts = []
    for body in file["body"] + [_moon(row, file) for row in file["moons"][0]["rows"]]:
        facts += _of_body(body)
    facts += _of_order(file["planets"]) + _comparisons(file)
    for feature, where, what in file["features"][0]["rows"]:
        facts.append(Fact("feature", {"x": feature}, f"{upper(feature)} is on {where}: it is {what}."))
    for mission, did in file["missions"][0]["rows"]:
        facts.append(Fact("mission", {"x": mission}, f"{mission} {did}."))
    for entry in file["superlative"]:
        topic = next((p for p in file["planets"] if p in entry["answer"]), "") if " and " not in entry["answer"] else ""
        facts.append(Fact("superlative", {}, entry["answer"], topic, (tuple(entry["adjective"]), tuple(entry["clause"]))))
    facts += [Fact("single", {}, entry["answer"], "", tuple(entry["ask"])) for entry in file["single"]]
    return facts


def upper(text):
    return text[:1].upper() + text[1:]


def listed(names):
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _moon(row, file):
    name, planet, diameter, period, discoverer, year, known = row
    return {"name": name, "kind": "moon", "planet": planet, "diameter": diameter, "period": period, "discoverer": discoverer,
            "discovered": year, "known": known, "moons": 0, "rings": "",
            "missions": [mission for mission, moons in file["moon_missions"].items() if name in moons], **file["moon_extra"].get(name, {})}


def _of_body(body):
    name, cap, kind = body["name"], upper(body["name"]), body["kind"]
    fact = lambda attribute, answer, topic=name, **slots: Fact(attribute, {"p": name, **slots}, answer, topic)
    facts = [fact("diameter", f"{cap} is {body['diameter']:,} km across."),
             fact("is_planet", f"{cap} is a {kind}" + (", not a planet." if kind == "dwarf planet" else f" of {body['planet']}." if kind == "moon" else ".")),
             fact("known", f"{cap} is known for {body['known']}."),
             fact("describe", _description(body))]
    if "moons" in body:
        facts.append(fact("moons", _moons(body)))
    if "largest_moon" in body:
        facts.append(fact("largest_moon", f"The largest moon of {name} is {body['largest_moon']}.", body["largest_moon"]))
        facts.append(fact("moon_names", _moon_names(body)))
    if "distance" in body:
        facts.append(fact("distance", f"{cap} is {body['distance']} from the Sun on average, or {body['au']} AU."))
    if "day" in body:
        facts.append(fact("day", f"A day on {name} lasts {body['day']}."))
    if "year" in body:
        facts.append(fact("year", f"A year on {name} lasts {body['year']}."))
    if "rings" in body:
        facts.append(fact("rings", f"Yes, {name} has {body['rings']}." if body["rings"] else f"No, {name} has no rings."))
    if "temperature" in body:
        facts.append(fact("temperature", f"The temperature on {name} {body['temperature']}."))
    if "nickname" in body:
        facts.append(fact("nickname", f"{cap} is called {body['nickname']}."))
        for nickname in [body["nickname"]] + [n for n, planet in OTHER_NICKNAMES.items() if planet == name]:
            facts.append(Fact("nick_of", {"x": nickname}, f"{upper(nickname)} is {name}.", name))
    if "colour" in body:
        facts.append(fact("colour", f"{cap} looks {body['colour']} because {body['colour_why']}.", c=body["colour"]))
    if "type" in body:
        facts.append(fact("type", f"{cap} is {'an' if body['type'][0] == 'i' else 'a'} {body['type']}."))
    if kind != "star":
        solid = body.get("type") not in ("gas giant", "ice giant")
        facts.append(fact("surface", f"Yes, {name} has a solid surface." if solid else f"No, {name} is {'an' if body['type'][0] == 'i' else 'a'} {body['type']} and has no solid surface."))
    if "air" in body:
        facts.append(fact("air", f"The air of {name} is mostly {body['air']}." if body["air"] else f"{cap} has almost no air."))
    if "gravity" in body:
        facts.append(fact("gravity", f"Gravity on {name} is {body['gravity']} times as strong as on Earth." if name != "Earth" else "Gravity on Earth is 9.8 metres per second each second."))
    if "mass" in body and name != "Earth":
        facts.append(fact("mass", f"{cap} has {body['mass']} times the mass of Earth."))
    if "tilt" in body:
        facts.append(fact("tilt", f"The axis of {name} is tilted by {body['tilt']} degrees."))
    if "light" in body:
        facts.append(fact("light", f"Sunlight takes about {body['light']} to reach {name}."))
    if "named" in body:
        facts.append(fact("named", f"{cap} is named after {body['named']}."))
    if body.get("discoverer"):
        facts.append(fact("discoverer", f"{cap} was discovered by {body['discoverer']} in {body['discovered']}."))
    elif name not in ("Earth", "Haumea"):
        facts.append(fact("discoverer", f"{cap} has been known since ancient times."))
    if name != "Earth":
        missions = body["missions"]
        facts.append(fact("missions", f"{cap} was visited by {listed(missions)}." if missions else f"No spacecraft has visited {name}."))
    if "place" in body:
        facts.append(fact("place", f"{cap} is {body['place']}."))
    if kind == "moon":
        facts.append(fact("parent", f"{cap} is a moon of {body['planet']}."))
        facts.append(fact("period", f"{cap} orbits {body['planet']} in {body['period']}.", y=body["planet"]))
    return facts


def _moons(body):
    name, count, names = body["name"], body["moons"], body.get("moon_names", [])
    if count == 0:
        return f"{upper(name)} has no moons."
    if count == 1:
        return f"{name} has 1 moon" + (f", {names[0]}." if names else ".")
    if count == len(names):
        return f"{name} has {count} moons: {listed(names)}."
    return f"{name} has {count} known moons; the largest is {body['largest_moon']}."


def _moon_names(body):
    names = body["moon_names"]
    if len(names) == 1:
        return f"The only known moon of {body['name']} is {names[0]}."
    return f"The {'' if len(names) == body['moons'] else 'large '}moons of {body['name']} are {listed(names)}."


def _description(body):
    name, kind = upper(body["name"]), body["kind"]
    if kind == "moon":
        return f"{name} is a moon of {body['planet']}, {body['diameter']:,} km across, known for {body['known']}."
    if kind == "star":
        return f"{name} is the star of the solar system, {body['diameter']:,} km across."
    return f"{name} is a {body.get('type', kind)}, {body['diameter']:,} km across, known for {body['known']}.".replace("a ice", "an ice")


def _of_order(planets):
    facts = []
    for i, name in enumerate(planets):
        facts.append(Fact("order", {"p": name}, f"{name} is the {ORDINALS[i]} planet from the Sun.", name))
        for word in (ORDINALS[i], f"{i + 1}{('st', 'nd', 'rd')[i] if i < 3 else 'th'}"):
            facts.append(Fact("nth", {"x": word}, f"The {ORDINALS[i]} planet from the Sun is {name}.", name))
        for word in (str(i + 1), ["one", "two", "three", "four", "five", "six", "seven", "eight"][i]):
            facts.append(Fact("nth_number", {"x": word}, f"The {ORDINALS[i]} planet from the Sun is {name}.", name))
        before, after = planets[i - 1] if i else "the Sun", planets[i + 1] if i < 7 else ""
        facts.append(Fact("neighbours", {"p": name}, f"The neighbours of {name} are {before} and {after}." if i and after else
                          f"The neighbour of {name} is {after or before}.", name))
        facts.append(Fact("next", {"p": name}, f"{after} comes after {name}." if after else f"No planet comes after {name}.", after))
        facts.append(Fact("previous", {"p": name}, f"{before} comes before {name}." if i else f"No planet comes before {name}.", before if i else ""))
    return facts


def _comparisons(file):
    size = {b["name"]: b["diameter"] for b in file["body"]} | {row[0]: row[2] for row in file["moons"][0]["rows"] if row[2] > 1400}
    facts = []
    for a, b in itertools.permutations(size, 2):
        big, small = sorted((a, b), key=lambda n: -size[n])
        facts.append(Fact("bigger", {"p": a, "x": b}, f"{upper(big)} is larger than {small}: {size[big]:,} km against {size[small]:,} km.", big))
    for a, b in itertools.permutations(file["planets"], 2):
        near, far = sorted((a, b), key=file["planets"].index)
        facts.append(Fact("closer", {"p": a, "x": b}, f"{near} is closer to the Sun than {far}.", near))
    return facts


if __name__ == "__main__":
    for fact in build():
        if fact.attribute != "bigger":
            print(fact.attribute, fact.slots, fact.answer, sep=" | ")
