/* The two plain styles: no layout, so nothing but tokens and what stands between them. */
#include "format/print.h"

#include "syntax/gap.h"

/* Calls for each token in order; brackets are tokens of one byte. */
struct walk {
	const hj_node *nodes;
	uint32_t count;
	uint32_t at;    /* the next node */
	uint32_t inner; /* the innermost open container, UINT32_MAX: none */
	uint32_t *open; /* the containers around `inner` */
	size_t capacity, depth;
	const hj_allocator *allocator;
};

enum token { TOKEN_OPEN, TOKEN_CLOSE, TOKEN_NAME, TOKEN_LITERAL };

struct step {
	enum token token;
	uint32_t start, end;
	bool first; /* no sibling before it */
};

/* The next token; false at the end, or when memory is out (*status says). */
static bool next_token(struct walk *walk, struct step *step, hj_status *status)
{
	const hj_node *nodes = walk->nodes;
	if (walk->depth && nodes[walk->open[walk->depth - 1]].next == walk->at) {
		const hj_node *node = &nodes[walk->open[--walk->depth]];
		*step = (struct step){TOKEN_CLOSE, node->end - 1, node->end, false};
		return true;
	}
	if (walk->at == walk->count)
		return false;
	uint32_t index = walk->at++;
	const hj_node *node = &nodes[index];
	*step = (struct step){node->bits & HJ_IS_NAME ? TOKEN_NAME : TOKEN_LITERAL, node->start,
		node->end, index == 0 || (walk->depth && walk->open[walk->depth - 1] + 1 == index)};
	if (!hj_node_is_container(node))
		return true;
	*status = hj_grow(
		walk->allocator, &walk->open, &walk->capacity, walk->depth + 1, sizeof *walk->open);
	if (*status)
		return false;
	walk->open[walk->depth++] = index;
	step->token = TOKEN_OPEN;
	step->end = node->start + 1;
	return true;
}

static void put_byte(hj_output *out, char byte)
{
	if (hj_output_reserve(out, 1))
		*out->at++ = byte;
}

/* The bytes between two tokens with everything blanked that standard JSON does not know. */
static void put_blanked(
	hj_output *out, const hj_source *source, uint32_t start, uint32_t end, bool keep_comma)
{
	if (start == end || !hj_output_reserve(out, end - start))
		return;
	hj_gap gap = {source->data + start, source->data + end};
	for (hj_gap_piece piece; hj_gap_next(&gap, &piece);) {
		bool kept = piece.kind == HJ_GAP_SPACE ||
			(piece.kind == HJ_GAP_MARK && (keep_comma || *piece.start == ':'));
		for (const char *at = piece.start; at < piece.end; at++) {
			bool space = *at == ' ' || *at == '\t' || *at == '\n' || *at == '\r';
			*out->at++ = kept || space ? *at : ' ';
		}
	}
}

static void print_plain(const hj_document *document, hj_output *out, bool minimized)
{
	const hj_source *source = hj_document_source(document);
	struct walk walk = {
		.nodes = hj_document_nodes(document),
		.count = hj_document_count(document),
		.allocator = out->allocator,
	};
	hj_status status = HJ_OK;
	struct step step;
	enum token before = TOKEN_OPEN;
	uint32_t at = 0;
	while (!out->status && next_token(&walk, &step, &status)) {
		if (!minimized)
			put_blanked(out, source, at, step.start, step.token != TOKEN_CLOSE);
		else if (before == TOKEN_NAME)
			put_byte(out, ':');
		else if (!step.first && step.token != TOKEN_CLOSE)
			put_byte(out, ',');
		hj_output_token(out, step.start, step.end);
		at = step.end;
		before = step.token;
	}
	if (!minimized)
		put_blanked(out, source, at, source->size, true);
	if (status && !out->status)
		out->status = status;
	hj_free(walk.allocator, walk.open, walk.capacity * sizeof *walk.open);
}

void hj_print_minimized(const hj_document *document, hj_output *output)
{
	print_plain(document, output, true);
}

void hj_print_standard(const hj_document *document, hj_output *output)
{
	print_plain(document, output, false);
}
