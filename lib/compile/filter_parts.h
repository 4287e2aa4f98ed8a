/*
 * What the files filter*.c share. Entries become rules (filter_rules.c) with sources
 * (filter_sources.c), destinations are handed to devices (filter_deliver.c), and each device's are
 * written in order (filter.c).
 *
 * Shared inside the folder. Out of memory is `ok` becoming false; whatever comes after does nothing.
 */
#ifndef HJ_COMPILE_FILTER_PARTS_H
#define HJ_COMPILE_FILTER_PARTS_H

#include "compile/filter.h"
#include "compile/texts.h"
#include "engine/world_parts.h"
#include "policy/ports.h"

/* A list of sources: sorted numbers of texts. Equal lists are one. */
typedef struct hj__sources {
	const uint32_t *texts;
	uint32_t count;
	hj_slice json; /* made when a device first needs it; size 0: not yet */
} hj__sources;

/* A rule of the tailnet; its number is its place in every device's list. */
typedef struct hj__rule {
	uint32_t sources;
	int protocol;        /* of a rule with ports; -1: none was given */
	uint32_t capability; /* in capabilities; HJ_NONE: a rule with ports */
} hj__rule;

/* What a destination says for the ports of a rule: a run of filter->ports. */
typedef struct hj__port_list {
	uint32_t first, count;
} hj__port_list;

/* Instead of the number of a text. */
#define HJ__OWN      (UINT32_MAX - 1)
#define HJ__INTERNET (UINT32_MAX - 2)

/*
 * A destination of a rule. It is handed to a recipient, which is a device, a term (all devices that it
 * means), or everybody: so memory hangs on the policy, and not on how many devices a term means.
 */
typedef struct hj__delivery {
	uint32_t recipient; /* a device; then come the terms; then everybody */
	uint32_t rule;
	uint32_t order; /* among those of its rule */
	uint32_t text;  /* number of a text; HJ__OWN: each address of the device; HJ__INTERNET */
	uint32_t ports; /* in port_lists; nothing in a rule with a capability */
} hj__delivery;

typedef struct hj__deliveries {
	hj__delivery *items;
	size_t count, capacity;
} hj__deliveries;

/* An address of one device that lies in another's approved route: that router receives it too. */
typedef struct hj__shadow {
	uint32_t device, router, text;
} hj__shadow;

struct hj_filter {
	hj_world *world;
	const hj_policy *policy;
	hj_arena arena;
	bool ok;
	const hj__texts *texts;
	hj__postures *postures;
	hj__sources *sources;
	size_t source_count, source_capacity;
	hj_map by_terms, by_texts; /* sorted terms and postures, sorted texts → the sources */
	uint32_t *own_sources; /* of each user's devices, without posture; HJ_NONE: not made yet */
	hj__rule *rules;
	size_t rule_count, rule_capacity;
	hj_map merged; /* sources and protocol → the rule */
	hj_slice *capabilities;
	size_t capability_count, capability_capacity;
	hj_ports *ports;
	size_t port_count, port_capacity;
	hj_slice *port_texts; /* what is written of each */
	hj__port_list *port_lists;
	size_t port_list_count, port_list_capacity;
	hj__deliveries deliveries; /* in the end by recipient, rule and order */
	size_t *starts;            /* in deliveries, of each recipient, and where the last ends */
	bool *receives;            /* of each term: it is a recipient */
	hj__pairs reached;         /* devices and terms that are recipients */
	hj_ids *terms_of;          /* of each device: these terms */
	hj__delivery *gathered;    /* scratch: of one device */
	size_t gathered_capacity;
	hj__shadow *shadows; /* by device */
	size_t shadow_count, shadow_capacity;
	hj_ids exits, routers; /* devices with approved exit routes, with approved subnet routes */
	uint32_t *stamps;      /* of each device: who met it last */
	uint32_t stamp;
	uint32_t *numbers; /* scratch */
	size_t number_count, number_capacity;
	hj_text scratch;
};

/* Grows an array of the filter; false and not ok: memory is out. */
bool hj__filter_grow(
	hj_filter *filter, void *block, size_t *capacity, size_t needed, size_t item_size);
void hj__filter_number(hj_filter *filter, uint32_t number); /* appends to the scratch numbers */
int hj__by_number(const void *a, const void *b);

/*
 * The sources that words stand for, or one term, "*", a user's own devices: the place in sources.
 * Where a posture is asked for, only devices that meet it count; NULL: it is not.
 */
uint32_t hj__sources_of_words(hj_filter *filter, const hj_words *words, const hj_words *posture);
uint32_t hj__sources_of_term(hj_filter *filter, uint32_t term);
uint32_t hj__sources_of_all(hj_filter *filter);
uint32_t hj__sources_of_user(hj_filter *filter, uint32_t user, const hj_words *posture);
/* `{"SrcIPs": […], `: how a rule with them begins. */
hj_slice hj__sources_json(hj_filter *filter, uint32_t sources);

/* What a rule gets its destinations from. */
typedef struct hj__handing {
	uint32_t sources;
	int protocol;
	uint32_t ports;      /* in port_lists */
	const hj_words *via; /* NULL: no routers are asked for */
	uint32_t
		via_rule; /* the rule of a grant with via, which is never merged; HJ_NONE: not yet */
} hj__handing;
/* Hands a destination with ports to all whom it concerns; not for autogroup:self. */
void hj__hand_ports(hj_filter *filter, hj__handing *handing, uint32_t term);
/* "*" as a destination. */
void hj__hand_everywhere(hj_filter *filter, hj__handing *handing);
/* Ports on a user's own devices, in a rule from those of them that meet a posture. */
void hj__hand_self(
	hj_filter *filter, const hj__handing *handing, uint32_t user, const hj_words *posture);

/* A rule with a capability, for the addresses that words cover, of devices that meet a posture. */
typedef struct hj__granting {
	uint32_t sources;
	uint32_t capability;
	const hj_word *words;
	uint32_t count;
	const hj_words *posture;
} hj__granting;
void hj__hand_capability(hj_filter *filter, const hj__granting *granting);
/* From a user's devices that meet one posture to those that meet another. */
void hj__hand_self_capability(hj_filter *filter, uint32_t capability, uint32_t user,
	const hj_words *sources, const hj_words *destinations);
/* Exits, routers and shadows. */
bool hj__find_routers(hj_filter *filter);

/* An element of "dst": kinds in the order of 5.4, and what is the same selector together. */
typedef struct hj__element {
	uint32_t rank;  /* of its kind */
	uint32_t first; /* where the selector stands first */
	uint32_t at;
} hj__element;

/* The entry at hand. */
typedef struct hj__entry {
	const hj_words *src, *dst;
	const hj_words *posture; /* NULL: none is asked for */
	hj__element *elements;   /* of dst, sorted */
	size_t element_count, element_capacity;
	uint32_t *users; /* with devices whom the sources name, when there is autogroup:self */
	uint32_t user_count;
	uint32_t number; /* of the entry, from 1 */
	/* Of each term: the first one with the same meaning; of these: the entry, and where in it. */
	uint32_t *canonical, *seen, *seen_at;
} hj__entry;
/* The term of an element; is the element the first of its selector? Is it autogroup:self? */
uint32_t hj__element_term(const hj__entry *entry, size_t at);
bool hj__element_begins(const hj__entry *entry, size_t at);
bool hj__is_self(const hj_filter *filter, uint32_t term);

/* All entries of the policy. */
void hj__filter_entries(hj_filter *filter);
/* The capabilities of a grant (filter_apps.c). */
void hj__filter_app(
	hj_filter *filter, const hj__entry *entry, const hj_entries *app, uint32_t sources);

#endif
