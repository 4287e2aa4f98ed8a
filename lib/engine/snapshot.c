#include "engine/snapshot.h"

#include "engine/reach_parts.h"
#include "syntax/string.h"

#include <stdlib.h>

enum {
	MOST_ASKED = 100000, /* flows that are looked at */
	MOST_PORTS = 8,      /* of a destination and protocol */
};

/* Ports of one destination that are asked for, for tests without and with "proto": "udp". */
typedef struct port_list {
	uint16_t items[MOST_PORTS];
	uint32_t count;
} port_list;

typedef struct target {
	hj_slice text;  /* as it stands in the policy */
	bool bracketed; /* an IPv6 address */
	port_list ports[2];
} target;

typedef struct names {
	hj_slice *items;
	size_t count, capacity;
	hj_map seen;
} names;

typedef struct snapper {
	hj_reach *reach;
	const hj_policy *policy;
	names sources;
	target *places;
	size_t place_count, place_capacity;
	hj_map seen;    /* places */
	hj_map known;   /* what the policy asserts already */
	hj_arena arena; /* of the keys of known */
	hj_text asked;  /* the candidates, as a list of tests */
	hj_text spelt;
	const hj_allocator *allocator;
	bool cut;
	hj_status status;
} snapper;

/* -- who and where ----------------------------------------------------------------------------------- */

static bool is_new(snapper *shot, hj_map *seen, hj_slice text)
{
	bool known = true;
	if (!shot->status)
		shot->status = hj_map_put(seen, text, 0, NULL, &known);
	return !known && !shot->status;
}

static void add_source(snapper *shot, hj_slice text)
{
	names *list = &shot->sources;
	text = hj_trim(text);
	if (!is_new(shot, &list->seen, text))
		return;
	shot->status = hj_grow(shot->allocator, &list->items, &list->capacity, list->count + 1,
		sizeof *list->items);
	if (!shot->status)
		list->items[list->count++] = text;
}

static void add_place(snapper *shot, hj_slice text)
{
	hj_selector selector = hj_selector_parse(text);
	if (!is_new(shot, &shot->seen, selector.text))
		return;
	shot->status = hj_grow(shot->allocator, &shot->places, &shot->place_capacity,
		shot->place_count + 1, sizeof *shot->places);
	if (!shot->status)
		shot->places[shot->place_count++] = (target){.text = selector.text,
			.bracketed =
				selector.kind == HJ_SELECT_ADDRESS && selector.prefix.address.v6};
}

static void add_users(snapper *shot, const hj_words *words)
{
	for (uint32_t i = 0; i < words->count && !shot->status; i++) {
		const hj_selector *selector = &shot->policy->terms[words->items[i].term].selector;
		if (selector->kind == HJ_SELECT_USER)
			add_source(shot, selector->text);
	}
}

static void add_single(snapper *shot, const hj_words *words)
{
	for (uint32_t i = 0; i < words->count && !shot->status; i++) {
		const hj_selector *selector = &shot->policy->terms[words->items[i].term].selector;
		if (selector->kind == HJ_SELECT_USER || selector->kind == HJ_SELECT_ADDRESS)
			add_place(shot, selector->text);
	}
}

static void gather(snapper *shot)
{
	const hj_policy *policy = shot->policy;
	for (uint32_t i = 0; i < policy->groups.count; i++)
		if (policy->groups.items[i].words.count)
			add_source(shot, policy->groups.items[i].name.text);
	for (uint32_t i = 0; i < policy->acls.count; i++)
		add_users(shot, &policy->acls.items[i].src);
	for (uint32_t i = 0; i < policy->grants.count; i++)
		add_users(shot, &policy->grants.items[i].src);
	for (uint32_t i = 0; i < policy->tag_owners.count; i++) {
		add_source(shot, policy->tag_owners.items[i].name.text);
		add_place(shot, policy->tag_owners.items[i].name.text);
	}
	for (uint32_t i = 0; i < policy->hosts.count; i++) {
		const hj_entry *host = &policy->hosts.items[i];
		if (hj_selector_parse(host->word.text).kind == HJ_SELECT_ADDRESS)
			add_place(shot, host->name.text);
	}
	for (uint32_t i = 0; i < policy->acls.count; i++)
		add_single(shot, &policy->acls.items[i].dst);
	for (uint32_t i = 0; i < policy->grants.count; i++)
		add_single(shot, &policy->grants.items[i].dst);
}

/* -- ports ------------------------------------------------------------------------------------------- */

static bool has_port(const port_list *list, uint16_t port)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->items[i] == port)
			return true;
	return false;
}

static void add_port(port_list *list, uint16_t port)
{
	if (port && list->count < MOST_PORTS && !has_port(list, port))
		list->items[list->count++] = port;
}

/* What a service mentions; true: all ports, which mentions none. */
static bool mention(target *to, const hj_service *service)
{
	bool udp = service->protocol == 17;
	if (service->protocol >= 0 && service->protocol != 6 && !udp)
		return false;
	if (service->ports.first == 0)
		return true;
	add_port(&to->ports[udp], service->ports.first);
	add_port(&to->ports[udp], service->ports.last);
	return false;
}

/* The ports that the permits around a destination mention. */
static bool mention_all(snapper *shot, target *to, const hj_subject *subject)
{
	hj_reach *reach = shot->reach;
	bool any = false;
	hj__party_set(reach, &reach->to.party, subject, &reach->from.party);
	if (!reach->status)
		hj__gather(reach, &reach->to);
	const hj__coverage *coverage = &reach->to.coverage;
	const hj__index *index = coverage->index;
	for (uint32_t i = 0; i < coverage->count && !reach->status; i++) {
		uint32_t term = coverage->terms[i];
		if (coverage->answers[term].truth == HJ_NO)
			continue;
		for (uint32_t at = index->first[term]; at < index->first[term + 1]; at++) {
			const hj_permit *permit = &reach->permits[index->owners[at]];
			for (uint32_t k = 0; k < permit->service_count; k++)
				any = mention(to, &permit->services[k]) || any;
		}
	}
	shot->status = hj__settle(reach);
	return any;
}

static void find_ports(snapper *shot, target *to)
{
	static const uint16_t usual[] = {22, 443, 80, 8080, 3389, 5432, 53, 25, 9};
	hj_subjects subjects = {.allocator = shot->allocator};
	const char *what;
	bool any = false;
	hj_status status = hj_expand(shot->reach, to->text, true, &subjects, &what);
	for (uint32_t i = 0; i < subjects.count && !status && !shot->status; i++)
		any = mention_all(shot, to, &subjects.items[i]) || any;
	hj_subjects_free(&subjects);
	if (status && status != HJ_INVALID)
		shot->status = status;
	for (size_t i = 0; any && i < sizeof usual / sizeof *usual; i++)
		if (!has_port(&to->ports[0], usual[i])) {
			add_port(&to->ports[0], usual[i]);
			return;
		}
}

/* -- asking ------------------------------------------------------------------------------------------ */

static void spell(snapper *shot, const target *to, uint16_t port)
{
	hj_text_clear(&shot->spelt);
	hj_text_str(&shot->spelt, to->bracketed ? "[" : "");
	hj_text_append(&shot->spelt, to->text);
	hj_text_printf(&shot->spelt, "%s:%u", to->bracketed ? "]" : "", (unsigned)port);
	hj_string_encode(hj_text_slice(&shot->spelt), &shot->asked);
}

static size_t count_ports(const snapper *shot, unsigned udp)
{
	size_t count = 0;
	for (size_t i = 0; i < shot->place_count; i++)
		count += shot->places[i].ports[udp].count;
	return count;
}

/* Every flow is asked for twice: is it allowed, is it blocked? */
static void ask(snapper *shot, hj_slice source, unsigned udp)
{
	static const char *const lists[] = {"accept", "deny"};
	hj_text *out = &shot->asked;
	hj_text_str(out, out->size > 1 ? ",{\"src\":" : "{\"src\":");
	hj_string_encode(source, out);
	hj_text_str(out, udp ? ",\"proto\":\"udp\"" : "");
	for (size_t k = 0; k < 2; k++) {
		hj_text_printf(out, ",\"%s\":[", lists[k]);
		bool first = true;
		for (size_t i = 0; i < shot->place_count; i++)
			for (uint32_t j = 0; j < shot->places[i].ports[udp].count; j++) {
				hj_text_str(out, first ? "" : ",");
				first = false;
				spell(shot, &shot->places[i], shot->places[i].ports[udp].items[j]);
			}
		hj_text_byte(out, ']');
	}
	hj_text_byte(out, '}');
}

static void ask_all(snapper *shot)
{
	size_t asked = 0;
	size_t ports[2] = {count_ports(shot, 0), count_ports(shot, 1)};
	hj_text_byte(&shot->asked, '[');
	for (size_t i = 0; i < shot->sources.count; i++) {
		asked += ports[0] + ports[1];
		if (asked > MOST_ASKED) {
			shot->cut = true;
			break;
		}
		for (unsigned udp = 0; udp < 2; udp++)
			if (ports[udp])
				ask(shot, shot->sources.items[i], udp);
	}
	hj_text_byte(&shot->asked, ']');
	if (!shot->status)
		shot->status = shot->asked.status ? shot->asked.status : shot->spelt.status;
}

/* -- what is known already --------------------------------------------------------------------------- */

static void put_key(hj_text *key, hj_slice src, hj_slice proto, bool deny, hj_slice dst)
{
	hj_text_clear(key);
	hj_text_append(key, hj_trim(src));
	hj_text_printf(key, "\n%s\n", deny ? "deny" : "accept");
	hj_text_append(key, hj_trim(proto));
	hj_text_byte(key, '\n');
	hj_text_append(key, hj_trim(dst));
}

static void note_list(snapper *shot, const hj_test *test, bool deny, const hj_words *list)
{
	for (uint32_t i = 0; i < list->count && !shot->status; i++) {
		bool ok = true;
		put_key(&shot->spelt, test->src.text, test->proto.text, deny, list->items[i].text);
		hj_slice key = hj_arena_copy(&shot->arena, hj_text_slice(&shot->spelt), &ok);
		shot->status = ok && !shot->spelt.status
			? hj_map_put(&shot->known, key, 0, NULL, NULL)
			: HJ_NO_MEMORY;
	}
}

static void note_known(snapper *shot)
{
	for (uint32_t i = 0; i < shot->policy->tests.count && !shot->status; i++) {
		const hj_test *test = &shot->policy->tests.items[i];
		if (test->posture.count)
			continue;
		note_list(shot, test, false, &test->accept);
		note_list(shot, test, true, &test->deny);
	}
}

static bool is_known(snapper *shot, const hj_assertion *assertion)
{
	if (shot->known.count == 0)
		return false;
	put_key(&shot->spelt, assertion->src.text, assertion->proto.text,
		assertion->want == HJ_WANT_DENY, assertion->dst.text);
	return hj_map_get(&shot->known, hj_text_slice(&shot->spelt));
}

/* -- writing ----------------------------------------------------------------------------------------- */

/* The flows of one test: first all as accepts, then the same as denies. */
typedef struct flows {
	const hj_assertion *accepts, *denies;
	size_t count;
	bool *accepted, *denied; /* what is written */
} flows;

static hj_slice host_of(const hj_assertion *assertion)
{
	hj_hostport parts;
	return hj_hostport_split(assertion->dst.text, &parts) ? parts.host : assertion->dst.text;
}

/* Of what passes: all accepts, and of a destination out of reach the first deny. */
static uint32_t choose(snapper *shot, flows *all)
{
	uint32_t kept = 0;
	for (size_t i = 0; i < all->count;) {
		size_t end = i;
		bool reached = false, shut = false;
		hj_slice host = host_of(&all->accepts[i]);
		for (; end < all->count && hj_slice_equal(host_of(&all->accepts[end]), host);
			end++) {
			reached = reached || all->accepts[end].pass == HJ_YES;
			shut = shut || is_known(shot, &all->denies[end]);
		}
		for (; i < end; i++) {
			const hj_assertion *accept = &all->accepts[i], *deny = &all->denies[i];
			all->accepted[i] = accept->pass == HJ_YES && !is_known(shot, accept);
			all->denied[i] =
				deny->pass == HJ_YES && (reached || !shut) && !is_known(shot, deny);
			shut = shut || all->denied[i];
			kept += (uint32_t)all->accepted[i] + (uint32_t)all->denied[i];
		}
	}
	return kept;
}

enum { WIDE = 90 }; /* bytes of a line */

/* Appends a list as a member; false: nothing is in it. broken: one string a line. */
static void write_list(hj_text *out, const char *name, const hj_assertion *items, const bool *kept,
	size_t count, bool broken)
{
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		if (!kept[i])
			continue;
		if (any)
			hj_text_byte(out, ',');
		else
			hj_text_printf(out, "\"%s\":[", name);
		hj_text_str(out, broken ? "\n" : "");
		any = true;
		hj_string_encode(items[i].dst.text, out);
	}
	hj_text_str(out, any ? "]" : "");
}

static void write_member(hj_text *out, hj_slice member, bool broken)
{
	if (member.size == 0)
		return;
	hj_text_str(out, broken ? ",\n" : ",");
	hj_text_append(out, member);
}

/* On one line where it fits, else a line for each member, or for each destination. */
static void write_entry(snapper *shot, hj_text *out, const flows *all)
{
	hj_text lists[2];
	size_t wide = 0;
	for (unsigned k = 0; k < 2; k++) {
		const hj_assertion *items = k ? all->denies : all->accepts;
		const bool *kept = k ? all->denied : all->accepted;
		const char *name = k ? "deny" : "accept";
		hj_text_init(&lists[k], shot->allocator);
		write_list(&lists[k], name, items, kept, all->count, false);
		if (lists[k].size > WIDE) {
			wide = WIDE + 1;
			hj_text_clear(&lists[k]);
			write_list(&lists[k], name, items, kept, all->count, true);
		}
		wide += lists[k].size;
	}
	bool broken = wide + all->accepts->src.text.size > WIDE;
	hj_text_str(out, broken ? "{\n\"src\":" : "{\"src\":");
	hj_string_encode(all->accepts->src.text, out);
	if (all->accepts->proto.node)
		write_member(out, HJ_SLICE("\"proto\":\"udp\""), broken);
	for (unsigned k = 0; k < 2; k++) {
		write_member(out, hj_text_slice(&lists[k]), broken);
		if (lists[k].status)
			shot->status = lists[k].status;
		hj_text_free(&lists[k]);
	}
	hj_text_str(out, broken ? "\n}" : "}");
}

static hj_status write(snapper *shot, const hj_assertions *assertions, uint32_t most, hj_text *out,
	hj_snapshot *taken)
{
	size_t flow_count = count_ports(shot, 0) + count_ports(shot, 1);
	bool *marks = hj_alloc(shot->allocator, 2 * flow_count * sizeof *marks);
	if (!marks)
		return HJ_NO_MEMORY;
	hj_text_byte(out, '[');
	for (size_t i = 0; i < assertions->count && !shot->status;) {
		const hj_assertion *first = &assertions->items[i];
		size_t from = i;
		while (i < assertions->count && assertions->items[i].test == first->test)
			i++;
		flows all = {
			first, first + (i - from) / 2, (i - from) / 2, marks, marks + flow_count};
		uint32_t kept = choose(shot, &all);
		if (kept == 0)
			continue;
		if (kept > most - taken->assertions) {
			taken->cut = true;
			break;
		}
		hj_text_str(out, taken->entries ? ",\n" : "\n");
		write_entry(shot, out, &all);
		taken->entries++;
		taken->assertions += kept;
	}
	hj_text_str(out, taken->entries ? "\n]" : "]");
	hj_free(shot->allocator, marks, 2 * flow_count * sizeof *marks);
	return shot->status ? shot->status : out->status;
}

/* -- the whole --------------------------------------------------------------------------------------- */

static hj_status judge(snapper *shot, uint32_t most, hj_text *out, hj_snapshot *taken)
{
	hj_test_list list;
	hj_assertions assertions;
	hj_text why;
	hj_text_init(&why, shot->allocator);
	hj_status status =
		hj_test_list_read(hj_text_slice(&shot->asked), shot->allocator, &list, &why);
	hj_text_free(&why);
	if (status)
		return status;
	status = hj_assertions_run(shot->reach, &list.policy, NULL, shot->allocator, &assertions);
	if (!status) {
		status = write(shot, &assertions, most, out, taken);
		hj_assertions_free(&assertions);
	}
	hj_test_list_free(&list);
	return status;
}

hj_status hj_snapshot_append(hj_reach *reach, uint32_t most, bool news,
	const hj_allocator *allocator, hj_text *out, hj_snapshot *taken)
{
	snapper shot = {
		.reach = reach, .policy = hj_reach_world(reach)->policy, .allocator = allocator};
	*taken = (hj_snapshot){0};
	hj_map_init(&shot.sources.seen, allocator);
	hj_map_init(&shot.seen, allocator);
	hj_map_init(&shot.known, allocator);
	hj_arena_init(&shot.arena, allocator);
	hj_text_init(&shot.asked, allocator);
	hj_text_init(&shot.spelt, allocator);
	if (news)
		note_known(&shot);
	gather(&shot);
	for (size_t i = 0; i < shot.place_count && !shot.status; i++)
		find_ports(&shot, &shot.places[i]);
	if (!shot.status)
		ask_all(&shot);
	taken->cut = shot.cut;
	if (!shot.status)
		shot.status = judge(&shot, most ? most : HJ_SNAPSHOT_MOST, out, taken);
	hj_map_free(&shot.sources.seen);
	hj_map_free(&shot.seen);
	hj_map_free(&shot.known);
	hj_arena_free(&shot.arena);
	hj_text_free(&shot.asked);
	hj_text_free(&shot.spelt);
	hj_free(allocator, shot.sources.items, shot.sources.capacity * sizeof *shot.sources.items);
	hj_free(allocator, shot.places, shot.place_capacity * sizeof *shot.places);
	return shot.status;
}
