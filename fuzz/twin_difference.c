/* Differences against the plain twin; see twin_difference.h. */
#include "fuzz/twin_difference.h"

#include "change/difference.h"
#include "syntax/patch.h"

#include <stdio.h>
#include <stdlib.h>

static void demand(hj_status status)
{
	if (status)
		abort();
}

/* -- policies ------------------------------------------------------------------------------------ */

struct side {
	hj_text text;
	hj_source *source;
	hj_document *document;
	hj_policy policy;
	hj_world world;
};

struct scene {
	struct side sides[HJ_SIDES];
	struct side said[HJ_SIDES]
			[2]; /* what the difference says of a side, all and what is exact */
	hj_text inventory_text;
	hj_source *source;
	hj_document *document;
	hj_inventory inventory;
	hj_findings findings;
	hj_difference difference;
};

static void parse_side(struct side *side)
{
	demand(hj_source_copy(NULL, NULL, hj_text_slice(&side->text), &side->source));
	demand(hj_parse(side->source, 0, &side->document));
	if (hj_document_error(side->document))
		abort();
	demand(hj_policy_bind(side->document, NULL, &side->policy));
}

static void close_side(struct side *side)
{
	if (side->source)
		hj_policy_free(&side->policy);
	hj_document_free(side->document);
	hj_source_free(side->source);
	hj_text_free(&side->text);
}

/* How many elements there are in a list at the top. */
static unsigned count(const hj_document *document, const char *name)
{
	const hj_node *nodes = hj_document_nodes(document);
	unsigned out = 0;
	for (uint32_t i = hj_node_first(0); i < nodes[0].next;) {
		uint32_t value = nodes[i].next;
		hj_slice text =
			hj_source_slice(hj_document_source(document), hj_node_span(&nodes[i]));
		if (text.size == strlen(name) + 2 && memcmp(text.data + 1, name, strlen(name)) == 0)
			for (uint32_t at = hj_node_first(value); at < nodes[value].next;
				at = nodes[at].next)
				out++;
		i = nodes[value].next;
	}
	return out;
}

/* The text of a side without some of its rules, or another policy altogether. */
static void write_other(struct twin_dice *dice, const struct side *side, hj_text *out)
{
	static const char *const lists[] = {"acls", "grants"};
	hj_text unused;
	hj_text_init(&unused, NULL);
	if (twin_below(dice, 3) == 0) {
		twin_tailnet(dice, out, &unused);
		hj_text_free(&unused);
		return;
	}
	const char *list = lists[twin_below(dice, 2)];
	unsigned rules = count(side->document, list);
	hj_edits edits;
	hj_edits_init(&edits, NULL);
	if (rules) {
		char pointer[32];
		snprintf(pointer, sizeof pointer, "/%s/%u", list, twin_below(dice, rules));
		demand(hj_patch_one(side->document, HJ_REMOVE, hj_slice_str(pointer), NULL,
			HJ_PATCH_REFERENCE, &edits, NULL));
	}
	demand(hj_edits_apply(edits.items, edits.count, hj_text_slice(&side->text), out));
	hj_edits_free(&edits);
}

static void open_scene(struct scene *scene, struct twin_dice *dice)
{
	*scene = (struct scene){0};
	for (int i = 0; i < HJ_SIDES; i++)
		hj_text_init(&scene->sides[i].text, NULL);
	hj_text_init(&scene->inventory_text, NULL);
	hj_findings_init(&scene->findings, NULL);
	unsigned first = twin_below(dice, 2);
	twin_tailnet(dice, &scene->sides[first].text, &scene->inventory_text);
	parse_side(&scene->sides[first]);
	write_other(dice, &scene->sides[first], &scene->sides[!first].text);
	parse_side(&scene->sides[!first]);
	demand(hj_source_copy(NULL, NULL, hj_text_slice(&scene->inventory_text), &scene->source));
	demand(hj_parse(scene->source, 0, &scene->document));
	demand(hj_inventory_bind(scene->document, NULL, &scene->findings, &scene->inventory));
	for (int i = 0; i < HJ_SIDES; i++)
		demand(hj_world_build(&scene->sides[i].policy, &scene->inventory, HJ_SLICE(""),
			NULL, &scene->sides[i].world));
	hj_difference_options options = {.planes = 1u << HJ_PLANE_NETWORK};
	demand(hj_difference_find(&scene->sides[HJ_OLD].world, &scene->sides[HJ_NEW].world,
		&options, NULL, &scene->difference));
	bool equal;
	demand(hj_difference_equal(&scene->sides[HJ_OLD].world, &scene->sides[HJ_NEW].world,
		options.planes, NULL, &equal));
	if (equal != (scene->difference.gained + scene->difference.lost == 0))
		abort();
}

static void close_scene(struct scene *scene)
{
	hj_difference_free(&scene->difference);
	for (int i = 0; i < HJ_SIDES; i++) {
		hj_world_free(&scene->sides[i].world);
		close_side(&scene->sides[i]);
		close_side(&scene->said[i][0]);
		close_side(&scene->said[i][1]);
	}
	hj_inventory_free(&scene->inventory);
	hj_findings_free(&scene->findings);
	hj_document_free(scene->document);
	hj_source_free(scene->source);
	hj_text_free(&scene->inventory_text);
}

/* -- a difference as policies --------------------------------------------------------------------- */

/* What stands for a name in a policy. */
struct writer {
	const struct scene *scene;
	hj_text *sets;    /* IP sets that the rules need */
	unsigned *number; /* of those so far */
	bool exact;       /* every name means what it says there */
};

static void comma(hj_text *out, bool *first)
{
	if (!*first)
		hj_text_str(out, ", ");
	*first = false;
}

static void put_set(struct writer *writer, hj_text *out, hj_slice content, bool *first)
{
	comma(out, first);
	hj_text_printf(out, "\"ipset:said%u\"", *writer->number);
	hj_text_printf(writer->sets, "\"ipset:said%u\": [\"%.*s\"],\n", (*writer->number)++,
		(int)content.size, content.data);
}

/* By its addresses; without any by whose it is, which is more. */
static void put_device(struct writer *writer, hj_text *out, const hj_device *device, bool *first)
{
	for (uint32_t i = 0; i < device->address_count; i++) {
		comma(out, first);
		hj_text_byte(out, '"');
		hj_address_append(out, device->addresses[i]);
		hj_text_byte(out, '"');
	}
	if (device->address_count)
		return;
	hj_slice owner = device->tag_count ? device->tags[0].text
		: device->user != HJ_NONE  ? writer->scene->inventory.users[device->user].login
					   : HJ_SLICE("*");
	writer->exact = false;
	comma(out, first);
	hj_text_printf(out, "\"%.*s\"", (int)owner.size, owner.data);
}

static bool is(hj_slice name, const char *text)
{
	return hj_slice_equal(name, hj_slice_str(text));
}

/* Names that are no selectors: devices, stretches of addresses, those whom nobody names. */
static void put_name(struct writer *writer, hj_text *out, hj_slice name, bool *first)
{
	const hj_inventory *inventory = &writer->scene->inventory;
	hj_selector selector = hj_selector_parse(name);
	if (selector.kind == HJ_SELECT_RANGE) {
		put_set(writer, out, name, first);
		return;
	}
	if (is(name, "other addresses")) {
		writer->exact = false;
		put_set(writer, out, HJ_SLICE("0.0.0.0/0\", \"::/0"), first);
		return;
	}
	if (is(name, "exit nodes") || is(name, "other members") || is(name, "other tagged devices"))
		return;
	/* "other devices of alice@example.com": some of hers. */
	if (hj_slice_starts(name, HJ_SLICE("other devices ")) ||
		hj_slice_starts(name, HJ_SLICE("others in "))) {
		const char *last = memrchr(name.data, ' ', name.size);
		writer->exact = false;
		name = hj_slice_of(last + 1, name.size - (size_t)(last + 1 - name.data));
	}
	for (uint32_t i = 0; i < inventory->device_count; i++)
		if (hj_slice_equal(inventory->devices[i].name, name)) {
			put_device(writer, out, &inventory->devices[i], first);
			return;
		}
	comma(out, first);
	hj_text_printf(out, "\"%.*s\"", (int)name.size, name.data);
}

static void put_names(struct writer *writer, hj_text *out, const char *field, const hj_names *names)
{
	bool first = true;
	hj_text_printf(out, "\"%s\": [", field);
	for (uint32_t i = 0; i < names->count; i++)
		put_name(writer, out, names->items[i], &first);
	hj_text_str(out, "], ");
	if (names->left_out)
		abort();
}

/* One's own devices are asked for by name, not by address: everybody's, then. */
static bool names_people(const hj_names *names)
{
	for (uint32_t i = 0; i < names->count; i++) {
		hj_selector_kind kind = hj_selector_parse(names->items[i]).kind;
		if (kind != HJ_SELECT_USER && kind != HJ_SELECT_GROUP && kind != HJ_SELECT_DOMAIN &&
			kind != HJ_SELECT_AUTOGROUP && kind != HJ_SELECT_ALL)
			return false;
	}
	return true;
}

/* One change as a grant. */
static bool put_change(struct writer *writer, hj_text *out, const hj_change *change)
{
	bool first = true;
	writer->exact = !change->partly && !change->conditions.count && !change->excepted.count &&
		!change->excepted_destinations.count && !change->had.count;
	hj_text_str(out, "{");
	if (change->witness.own && !names_people(&change->sources)) {
		writer->exact = false;
		hj_text_str(out, "\"src\": [\"autogroup:member\"], ");
	} else {
		put_names(writer, out, "src", &change->sources);
	}
	put_names(writer, out, "dst", &change->destinations);
	hj_text_str(out, "\"ip\": [");
	for (uint32_t i = 0; i < change->what.count; i++) {
		comma(out, &first);
		hj_text_printf(out, "\"%.*s\"", (int)change->what.items[i].size,
			change->what.items[i].data);
	}
	hj_text_str(out, "]},\n");
	return writer->exact;
}

/*
 * What the difference says of a side, as a policy with that side's definitions. These begin with the
 * groups, after the rules. exact: only what the grants say exactly.
 */
static void say(struct scene *scene, unsigned side, bool exact, struct twin_difference_tally *tally)
{
	const hj_text *definitions = &scene->sides[side].text;
	const char *begin = memmem(definitions->data, definitions->size, "\t\"groups\"", 9);
	const char *sets_begin =
		memmem(definitions->data, definitions->size, "\"ipsets\": {\n", 12);
	hj_text rules, sets, one;
	unsigned number = 0;
	struct writer writer = {scene, &sets, &number, true};
	hj_text_init(&rules, NULL);
	hj_text_init(&sets, NULL);
	hj_text_init(&one, NULL);
	for (uint32_t i = 0; i < scene->difference.count; i++) {
		const hj_change *change = &scene->difference.changes[i];
		if (change->gained != (side == HJ_NEW))
			continue;
		hj_text_clear(&one);
		bool is_exact = put_change(&writer, &one, change);
		if (!exact || is_exact)
			hj_text_append(&rules, hj_text_slice(&one));
		tally->changes += !exact;
		tally->judged += exact && is_exact;
	}
	if (!begin || !sets_begin)
		abort();
	hj_text *out = &scene->said[side][exact].text;
	size_t head = (size_t)(sets_begin + 12 - begin);
	hj_text_init(out, NULL);
	hj_text_str(out, "{\n\"grants\": [\n");
	hj_text_append(out, hj_text_slice(&rules));
	hj_text_str(out, "],\n");
	hj_text_append(out, hj_slice_of(begin, head));
	hj_text_append(out, hj_text_slice(&sets));
	hj_text_append(out,
		hj_slice_of(begin + head,
			definitions->size - (size_t)(begin - definitions->data) - head));
	hj_text_free(&rules);
	hj_text_free(&sets);
	hj_text_free(&one);
	parse_side(&scene->said[side][exact]);
	/* That one's postures are conditions of changes, or none of theirs. */
	scene->said[side][exact].policy.default_posture = (hj_words){0};
}

/* -- questions ------------------------------------------------------------------------------------ */

/* None of the tailnet that is no device's: nobody is there, so a difference does not speak of it. */
static const char *const places[] = {"100.115.92.5", "10.0.0.7", "10.0.0.200", "10.0.1.5",
	"10.9.9.9", "172.16.0.1", "8.8.8.8", "fd00:1::5", "2001:4860:4860::8888", "192.168.1.1"};
static const struct service {
	int protocol, port;
} services[] = {{6, 22}, {6, 80}, {17, 53}, {1, -1}, {58, -1}, {132, 80}, {47, -1}, {6, 443},
	{17, 22}, {6, 400}, {17, 80}};
enum { PLACES = sizeof places / sizeof *places, SERVICES = sizeof services / sizeof *services };

static struct twin_end end_at(const hj_inventory *inventory, unsigned index)
{
	struct twin_end end = {.device = index};
	if (index < inventory->device_count)
		return end;
	end.device = HJ_NONE;
	if (!hj_address_parse(hj_slice_str(places[index - inventory->device_count]), &end.address))
		abort();
	return end;
}

static void tell_end(const hj_inventory *inventory, const struct twin_end *end, hj_text *story)
{
	if (end->device == HJ_NONE)
		hj_address_append(story, end->address);
	else
		hj_text_append(story, inventory->devices[end->device].name);
}

static void tell(const struct scene *scene, const struct twin_end *from, const struct twin_end *to,
	struct service service, const char *what, hj_text *story)
{
	tell_end(&scene->inventory, from, story);
	hj_text_str(story, " to ");
	tell_end(&scene->inventory, to, story);
	hj_text_printf(story, ", protocol %d, port %d: %s\n", service.protocol, service.port, what);
	for (int i = 0; i < HJ_SIDES; i++) {
		hj_text_append(story, hj_text_slice(&scene->sides[i].text));
		hj_text_append(story, hj_text_slice(&scene->said[i][0].text));
	}
	hj_text_append(story, hj_text_slice(&scene->inventory_text));
	for (uint32_t i = 0; i < scene->difference.count; i++) {
		hj_text_str(story, scene->difference.changes[i].gained ? "+ " : "- ");
		hj_text_append(story, scene->difference.changes[i].sentence);
		hj_text_byte(story, '\n');
	}
}

static bool ask(const struct scene *scene, const struct twin_end *from, const struct twin_end *to,
	struct service service, struct twin_difference_tally *tally, hj_text *story)
{
	enum twin_answer is[HJ_SIDES];
	for (int i = 0; i < HJ_SIDES; i++) {
		struct twin_net net = {&scene->sides[i].policy, &scene->inventory, false};
		is[i] = twin_may(&net, from, to, service.protocol, service.port);
	}
	tally->questions++;
	for (int i = 0; i < HJ_SIDES; i++) {
		struct twin_net all = {&scene->said[i][0].policy, &scene->inventory, false};
		struct twin_net exact = {&scene->said[i][1].policy, &scene->inventory, false};
		if (is[i] == TWIN_YES && is[!i] == TWIN_NO) {
			tally->differ++;
			if (twin_may(&all, from, to, service.protocol, service.port) != TWIN_YES) {
				tell(scene, from, to, service,
					i == HJ_NEW ? "gained, and not said" : "lost, and not said",
					story);
				return false;
			}
		}
		if (is[i] != TWIN_YES &&
			twin_may(&exact, from, to, service.protocol, service.port) == TWIN_YES) {
			tell(scene, from, to, service,
				i == HJ_NEW ? "said to be gained, and not allowed"
					    : "said to be lost, and was not allowed",
				story);
			return false;
		}
	}
	return true;
}

bool twin_difference(struct twin_dice *dice, struct twin_difference_tally *tally, hj_text *story)
{
	struct scene scene;
	bool good = true;
	open_scene(&scene, dice);
	tally->pairs++;
	tally->equal += scene.difference.gained + scene.difference.lost == 0;
	for (unsigned side = 0; side < HJ_SIDES; side++) {
		say(&scene, side, false, tally);
		say(&scene, side, true, tally);
	}
	unsigned ends = scene.inventory.device_count + PLACES;
	for (unsigned i = 0; i < ends && good; i++)
		for (unsigned j = 0; j < ends && good; j++) {
			struct twin_end from = end_at(&scene.inventory, i);
			struct twin_end to = end_at(&scene.inventory, j);
			/* Two each, others in the next tailnet. */
			for (unsigned k = 0; k < 2 && good; k++)
				good = ask(&scene, &from, &to,
					services[(i + 3 * j + 5 * k + tally->pairs) % SERVICES],
					tally, story);
		}
	close_scene(&scene);
	return good;
}
