/* The engine against its plain twin; see twin_flows.h. */
#include "fuzz/twin_flows.h"

#include "compile/compile.h"
#include "engine/reach.h"
#include "fuzz/twin_filter.h"
#include "policy/accept.h"

#include <stdlib.h>

static void demand(hj_status status)
{
	if (status)
		abort();
}

/* -- what is compared ----------------------------------------------------------------------------- */

struct tailnet {
	hj_text texts[2];
	hj_source *sources[2];
	hj_document *documents[2];
	hj_findings findings;
	hj_policy policy;
	hj_inventory inventory;
	hj_world world;
	hj_reach *reach, *brief; /* brief: asked without reasons */
	struct twin_net net;
};

static bool open_tailnet(struct tailnet *tailnet, struct twin_dice *dice)
{
	*tailnet = (struct tailnet){0};
	hj_text_init(&tailnet->texts[0], NULL);
	hj_text_init(&tailnet->texts[1], NULL);
	hj_findings_init(&tailnet->findings, NULL);
	twin_tailnet(dice, &tailnet->texts[0], &tailnet->texts[1]);
	for (int i = 0; i < 2; i++) {
		hj_slice text = hj_text_slice(&tailnet->texts[i]);
		demand(hj_source_copy(NULL, NULL, text, &tailnet->sources[i]));
		demand(hj_parse(tailnet->sources[i], 0, &tailnet->documents[i]));
	}
	hj_tailnet facts = {.name = HJ_SLICE("example.com")};
	demand(hj_policy_bind(tailnet->documents[0], NULL, &tailnet->policy));
	demand(hj_accept(&tailnet->policy, &facts, &tailnet->findings));
	bool accepted = hj_answer_of(&tailnet->findings).status == 200;
	demand(hj_inventory_bind(
		tailnet->documents[1], NULL, &tailnet->findings, &tailnet->inventory));
	demand(hj_world_build(
		&tailnet->policy, &tailnet->inventory, HJ_SLICE(""), NULL, &tailnet->world));
	demand(hj_reach_build(&tailnet->world, NULL, NULL, &tailnet->reach));
	demand(hj_reach_build(&tailnet->world, NULL, NULL, &tailnet->brief));
	tailnet->net = (struct twin_net){&tailnet->policy, &tailnet->inventory, false};
	return accepted;
}

static void close_tailnet(struct tailnet *tailnet)
{
	hj_reach_free(tailnet->brief);
	hj_reach_free(tailnet->reach);
	hj_world_free(&tailnet->world);
	hj_inventory_free(&tailnet->inventory);
	hj_policy_free(&tailnet->policy);
	hj_findings_free(&tailnet->findings);
	for (int i = 0; i < 2; i++) {
		hj_document_free(tailnet->documents[i]);
		hj_source_free(tailnet->sources[i]);
		hj_text_free(&tailnet->texts[i]);
	}
}

/* -- the ends ---------------------------------------------------------------------------------------- */

enum { MOST_ENDS = 64 };

struct ends {
	struct twin_end items[MOST_ENDS];
	unsigned count;
};

static const char *const places[] = {"100.64.9.9", "100.115.92.5", "fd7a:115c:a1e0::99", "10.0.0.7",
	"10.0.0.200", "10.0.1.5", "10.9.9.9", "172.16.0.1", "8.8.8.8", "fd00:1::5",
	"2001:4860:4860::8888", "192.168.1.1"};

static void add_end(struct ends *ends, uint32_t device, hj_address address)
{
	if (ends->count == MOST_ENDS)
		abort();
	ends->items[ends->count++] = (struct twin_end){device, address};
}

/* Every device, each of its addresses, and the places. */
static void find_ends(const hj_inventory *inventory, struct ends *ends)
{
	ends->count = 0;
	for (uint32_t i = 0; i < inventory->device_count; i++) {
		const hj_device *device = &inventory->devices[i];
		add_end(ends, i, (hj_address){0});
		for (uint32_t k = 0; k < device->address_count; k++)
			add_end(ends, HJ_NONE, device->addresses[k]);
	}
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		hj_address address;
		if (!hj_address_parse(hj_slice_str(places[i]), &address))
			abort();
		add_end(ends, HJ_NONE, address);
	}
}

static hj_subject subject_of(const hj_inventory *inventory, const struct twin_end *end)
{
	hj_subject subject = {.index = end->device};
	subject.kind = end->device == HJ_NONE ? HJ_SUBJECT_RANGE : HJ_SUBJECT_DEVICE;
	if (end->device == HJ_NONE)
		subject.range = (hj_range){end->address, end->address};
	else
		subject.name = inventory->devices[end->device].name;
	return subject;
}

/* -- questions --------------------------------------------------------------------------------------- */

static const struct service {
	int protocol, port;
} services[] = {{-1, -1}, {6, 22}, {6, 80}, {17, 53}, {1, -1}, {58, -1}, {132, 80}, {47, -1},
	{-1, 443}, {6, -1}, {-1, 22}, {17, 80}};

static const char *const said[] = {"no", "maybe", "yes"};

static void tell(const struct tailnet *tailnet, hj_text *story, const hj_subject *from,
	const hj_subject *to, struct service service, enum twin_answer want, hj_truth got)
{
	hj_subject_append(story, from);
	hj_text_str(story, " to ");
	hj_subject_append(story, to);
	hj_text_printf(story, ", protocol %d, port %d: the twin says %s, the engine %s\n",
		service.protocol, service.port, said[want], said[got]);
	hj_text_append(story, hj_text_slice(&tailnet->texts[0]));
	hj_text_append(story, hj_text_slice(&tailnet->texts[1]));
}

static bool ask(struct tailnet *tailnet, const struct twin_end *from, const struct twin_end *to,
	struct service service, struct twin_tally *tally, hj_text *story)
{
	hj_subject source = subject_of(&tailnet->inventory, from),
		   destination = subject_of(&tailnet->inventory, to);
	enum twin_answer want = twin_may(&tailnet->net, from, to, service.protocol, service.port);
	hj_verdict verdict;
	hj_truth brief = HJ_NO;
	demand(hj_reach_to(tailnet->reach, &destination, service.protocol, service.port, &verdict));
	for (hj_truth least = HJ_MAYBE; least <= HJ_YES; least++) {
		hj_origin origin = {.subject = source};
		bool is;
		demand(hj_reach_at_least(tailnet->brief, &origin, &destination, service.protocol,
			service.port, least, &is));
		brief = is ? least : brief;
	}
	tally->questions++;
	tally->allowed += want == TWIN_YES;
	tally->maybe += want == TWIN_MAYBE;
	if ((int)want == (int)verdict.allowed && brief == verdict.allowed)
		return true;
	tell(tailnet, story, &source, &destination, service, want,
		(int)want == (int)brief ? verdict.allowed : brief);
	return false;
}

static bool is_asked(struct twin_tally *tally)
{
	return tally->met++ % (tally->every ? tally->every : 1) == 0;
}

static bool ask_all(struct tailnet *tailnet, struct twin_tally *tally, hj_text *story)
{
	enum { SERVICES = sizeof services / sizeof *services };
	struct ends ends;
	find_ends(&tailnet->inventory, &ends);
	for (unsigned i = 0; i < ends.count; i++) {
		hj_origin origin = {.subject = subject_of(&tailnet->inventory, &ends.items[i])};
		demand(hj_reach_from(tailnet->reach, &origin));
		for (unsigned k = 0; k < ends.count; k++)
			/* One each, another one in the next tailnet. */
			if (is_asked(tally) &&
				!ask(tailnet, &ends.items[i], &ends.items[k],
					services[(i + 3 * k + tally->tailnets) % SERVICES], tally,
					story))
				return false;
	}
	return true;
}

/* -- packet filters ------------------------------------------------------------------------------ */

static struct twin_filter *compile(struct tailnet *tailnet)
{
	hj_compiled *compiled;
	hj_text text;
	hj_emit emit;
	hj_text_init(&text, NULL);
	hj_emit_init(&emit, &text, 0);
	demand(hj_compile(&tailnet->world, NULL, &compiled));
	hj_emit_object(&emit, NULL);
	hj_emit_object(&emit, "nodes");
	for (uint32_t i = 0; i < tailnet->inventory.device_count; i++)
		demand(hj_compiled_emit(compiled, i, &emit));
	hj_emit_end(&emit);
	hj_emit_end(&emit);
	demand(text.status);
	struct twin_filter *filter = twin_filter_read(hj_text_slice(&text));
	hj_compiled_free(compiled);
	hj_text_free(&text);
	return filter;
}

/* Does some device get it, and does one of them let it through? */
static bool lets(const struct tailnet *tailnet, const struct twin_filter *filter, hj_address from,
	hj_address to, struct service service, bool *arrives)
{
	const hj_inventory *inventory = &tailnet->inventory;
	bool passes = false;
	*arrives = false;
	for (uint32_t i = 0; i < inventory->device_count; i++) {
		bool mine = twin_routes(&tailnet->net, i, to) ||
			(twin_public(to) && twin_exits(&tailnet->net, i));
		for (uint32_t k = 0; k < inventory->devices[i].address_count; k++)
			mine = mine ||
				hj_address_compare(inventory->devices[i].addresses[k], to) == 0;
		*arrives = *arrives || mine;
		passes = passes ||
			(mine &&
				twin_filter_lets(
					filter, i, from, to, service.protocol, service.port));
	}
	return passes;
}

static bool ask_filter(const struct tailnet *tailnet, const struct twin_filter *filter,
	const struct twin_end *from, const struct twin_end *to, struct service service,
	struct twin_tally *tally, hj_text *story)
{
	bool arrives, passes = lets(tailnet, filter, from->address, to->address, service, &arrives);
	enum twin_answer want = twin_may(&tailnet->net, from, to, service.protocol, service.port);
	if (!arrives || want == TWIN_MAYBE)
		return true;
	tally->filtered++;
	/* To public addresses rules lead through exit nodes, whichever they are (17.4, 17.14). */
	if (passes == (want == TWIN_YES) || (!passes && twin_public(to->address)))
		return true;
	hj_subject source = subject_of(&tailnet->inventory, from),
		   destination = subject_of(&tailnet->inventory, to);
	hj_text_str(story, "packet filter: ");
	tell(tailnet, story, &source, &destination, service, want, passes ? HJ_YES : HJ_NO);
	return false;
}

static bool ask_filters(struct tailnet *tailnet, struct twin_tally *tally, hj_text *story)
{
	static const struct service asked[] = {
		{6, 22}, {6, 80}, {17, 53}, {1, -1}, {58, -1}, {132, 80}, {47, -1}, {6, 443}};
	enum { ASKED = sizeof asked / sizeof *asked };
	struct ends ends;
	struct twin_filter *filter = compile(tailnet);
	bool agree = true;
	tailnet->net.delivered = true;
	find_ends(&tailnet->inventory, &ends);
	for (unsigned i = 0; i < ends.count && agree; i++)
		for (unsigned k = 0; k < ends.count && agree; k++) {
			const struct twin_end *from = &ends.items[i], *to = &ends.items[k];
			struct service service = asked[(i + 3 * k + tally->tailnets) % ASKED];
			if (is_asked(tally) && from->device == HJ_NONE && to->device == HJ_NONE &&
				from->address.v6 == to->address.v6)
				agree = ask_filter(
					tailnet, filter, from, to, service, tally, story);
		}
	twin_filter_free(filter);
	return agree;
}

bool twin_flows(struct twin_dice *dice, struct twin_tally *tally, hj_text *story)
{
	struct tailnet tailnet;
	bool accepted = open_tailnet(&tailnet, dice), agree = true;
	tally->tailnets++;
	tally->refused += !accepted;
	if (accepted)
		agree = ask_all(&tailnet, tally, story) && ask_filters(&tailnet, tally, story);
	close_tailnet(&tailnet);
	return agree;
}
