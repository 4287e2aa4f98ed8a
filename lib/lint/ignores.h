/*
 * Comments that ignore findings, read: which rules, from where to where.
 *
 * A comment is a directive, each word of its list an entry. Entries are what findings are held
 * against; a word may mean one rule, a family, or all. All of it is linear in the document.
 */
#ifndef HJ_LINT_IGNORES_H
#define HJ_LINT_IGNORES_H

#include "lint/internal.h"

typedef enum hj_ignore_kind {
	HJ_IGNORE,       /* the next value, or the comment's line */
	HJ_IGNORE_START, /* until the end that belongs to it, or that of the document */
	HJ_IGNORE_END,
	HJ_IGNORE_FILE, /* the document */
} hj_ignore_kind;

#define HJ_NO_ENTRY UINT32_MAX

typedef struct hj_ignore_entry {
	hj_span word; /* in the source; of a comment without a list the word "ignore…" */
	uint32_t directive;
	uint32_t class_index; /* what it means: see hj_ignore_classes */
	uint32_t from, to;    /* findings that begin here are ignored; to is past the last */
	uint32_t next;        /* of the same class, for stacks */
	bool used;
} hj_ignore_entry;

typedef struct hj_ignore {
	hj_ignore_kind kind;
	hj_span comment;       /* delimiters included, the LF of a line comment not */
	uint32_t first, count; /* its entries */
	bool own;              /* nothing but white space and comments before it on its line */
	bool reason;           /* words after the list */
	bool faulty;           /* something in it means nothing, and was reported */
} hj_ignore;

/*
 * What words mean, as numbers below `count`: 0 all rules; otherwise rules whose codes begin alike
 * are known by the first of them and the length, single rules by themselves.
 */
typedef struct hj_ignore_classes {
	uint32_t *heads; /* one a class: the top of its stack of entries, or HJ_NO_ENTRY */
	uint32_t *alike; /* three a rule: the first rule with the same 1, 2, 3 bytes of code */
	uint32_t count, rules;
} hj_ignore_classes;

typedef struct hj_ignores {
	hj_ignore *items;
	size_t count, capacity;
	hj_ignore_entry *entries;
	size_t entry_count, entry_capacity;
	hj_ignore_classes classes;
	const hj_allocator *allocator;
} hj_ignores;

/* Could there be comments that ignore findings? Nearly no document has any. */
bool hj__may_ignore(const hj_document *document);
/* Reads the comments of a document, broken or not; what means nothing becomes findings. */
hj_status hj__ignores_read(hj_lint_run *run, hj_ignores *out);
void hj__ignores_free(hj_ignores *ignores);

enum { HJ_RULE_CLASSES = 5 }; /* classes that a rule belongs to */
/* The classes of the rule with this index. */
void hj__ignore_classes_of(
	const hj_ignore_classes *classes, size_t rule, uint32_t out[HJ_RULE_CLASSES]);

enum { HJ_K_UNUSED_IGNORE, HJ_K_UNKNOWN_IGNORE };
const hj_rule *hj__comment_rules(size_t *count);

/* Takes findings from the one at `from` on that comments ignore, and adds what is unused. */
hj_status hj__suppress(hj_lint_run *run, size_t from);

#endif
