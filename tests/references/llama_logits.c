// Prints what llama.cpp computes for a prompt, to compare with the references: one line of vocabulary-many logits per prompt
// position, then one line of greedy ids; or, with `hidden` for GREEDY, one line of the last hidden state per prompt position.
// One thread, float32 key/value cache, no flash attention, whole prompt in one batch.
//   gcc -O1 llama_logits.c -o llama_logits -lllama -lggml -lggml-base     (llama.cpp 0.7.0: Debian's libllama-dev)
//   ./llama_logits MODEL.gguf CONTEXT GREEDY|hidden ID [ID ...]
#include <ggml-backend.h>
#include <llama.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void quiet(enum ggml_log_level level, const char *text, void *user) {
    if (level >= GGML_LOG_LEVEL_WARN && level != GGML_LOG_LEVEL_CONT) fputs(text, stderr);
}

static int best(const float *row, int count) {
    int at = 0;
    for (int i = 1; i < count; i++) if (row[i] > row[at]) at = i;
    return at;
}

int main(int argc, char **argv) {
    if (argc < 5) { fprintf(stderr, "usage: llama_logits MODEL.gguf CONTEXT GREEDY|hidden ID [ID ...]\n"); return 2; }
    llama_log_set(quiet, NULL);
    ggml_backend_load_all();
    llama_backend_init();
    struct llama_model_params load = llama_model_default_params();
    load.use_extra_bufts = false;
    struct llama_model *model = llama_model_load_from_file(argv[1], load);
    if (!model) return 1;
    struct llama_context_params options = llama_context_default_params();
    options.n_ctx = atoi(argv[2]);
    options.n_threads = options.n_threads_batch = 1;
    options.type_k = options.type_v = GGML_TYPE_F32;
    options.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    options.swa_full = true;
    options.embeddings = strcmp(argv[3], "hidden") == 0;
    if (options.embeddings) options.pooling_type = LLAMA_POOLING_TYPE_NONE;
    struct llama_context *context = llama_init_from_model(model, options);
    if (!context) return 1;
    const int vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model)), greedy = atoi(argv[3]), length = argc - 4;
    const int width = options.embeddings ? llama_model_n_embd(model) : vocabulary;

    struct llama_batch batch = llama_batch_init(length, 0, 1);
    batch.n_tokens = length;
    for (int i = 0; i < length; i++) {
        batch.token[i] = atoi(argv[4 + i]);
        batch.pos[i] = i;
        batch.n_seq_id[i] = 1;
        batch.seq_id[i][0] = 0;
        batch.logits[i] = 1;
    }
    if (llama_decode(context, batch)) return 1;
    for (int i = 0; i < length; i++) {
        const float *row = options.embeddings ? llama_get_embeddings_ith(context, i) : llama_get_logits_ith(context, i);
        for (int j = 0; j < width; j++) printf("%.9g ", row[j]);
        printf("\n");
    }
    if (options.embeddings) return 0;
    int id = best(llama_get_logits_ith(context, length - 1), vocabulary);
    batch.n_tokens = 1;
    for (int i = 0; i < greedy; i++) {
        printf("%d ", id);
        batch.token[0] = id;
        batch.pos[0] = length + i;
        if (llama_decode(context, batch)) return 1;
        id = best(llama_get_logits_ith(context, 0), vocabulary);
    }
    printf("\n");
    return 0;
}
