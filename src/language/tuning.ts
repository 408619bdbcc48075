/** What `longrun tune` says. */
export const tuningEnglish = {
  tune_begun:
    "{objective} ({direction}), the mean of {folds} folds ({origins}); {trials} trials after the present configuration. Nothing from {testBegins} on is read.",
  tune_maximise: "higher is better",
  tune_minimise: "lower is better",
  tune_continued: "The study “{study}” goes on after {kept} trials.",
  tune_torn: "The last line of {path} was half written and was dropped; its trial is made again.",
  tune_trial: "trial {trial}/{trials}  {value}  best {best}  {parameters}  {seconds} s",
  tune_failed: "failed ({reason})",
  tune_present: "present configuration",
  tune_best: "Best: trial {trial} of {trials}, {objective} {value}; the present configuration {present}.",
  tune_better:
    "On these folds better by {estimate} ({low} to {high}, 95 % over customers). As the best of {trials} trials it owes part of that to luck, which the interval does not know.",
  tune_equal:
    "These customers cannot tell it from the present configuration: {estimate} ({low} to {high}, 95 % over customers). Keeping what you have is no mistake.",
  tune_worse:
    "Worse than the present configuration: {estimate} ({low} to {high}, 95 % over customers). Keep what you have.",
  tune_exhausted: "Every combination was tried.",
  tune_put: "To use it, put this into longrun.config (or add --apply):",
  tune_applied: "Written into {path}. The test period, which tuning never saw, judges it in the next run.",
  tune_nothing_to_apply: "Nothing was written: the best trial is not better than the present configuration.",
  tune_study: "Study: {path}",
  tune_mean: "mean",
  column_fold: "forecast on",
  column_present: "present",
  column_best: "best",
  column_better_by: "better by",
  column_trial: "trial",
};

export const tuningChinese: Readonly<Record<keyof typeof tuningEnglish, string>> = {
  tune_begun:
    "目标 {objective}（{direction}），取 {folds} 折的平均（{origins}）；在当前配置之后再试 {trials} 次。自 {testBegins} 起的数据一概不读。",
  tune_maximise: "越大越好",
  tune_minimise: "越小越好",
  tune_continued: "研究“{study}”已有 {kept} 次试验，接着进行。",
  tune_torn: "{path} 的最后一行没有写完，已丢弃；该次试验将重做。",
  tune_trial: "试验 {trial}/{trials}  {value}  最佳 {best}  {parameters}  {seconds} 秒",
  tune_failed: "失败（{reason}）",
  tune_present: "当前配置",
  tune_best: "最佳：{trials} 次试验中的第 {trial} 次，{objective} 为 {value}；当前配置为 {present}。",
  tune_better:
    "在这些折上好 {estimate}（{low} 至 {high}，对顾客重抽样的 95 % 区间）。作为 {trials} 次试验中最好的一次，其中有一部分是运气，区间并未计入。",
  tune_equal:
    "就这些顾客而言，看不出它与当前配置有差别：{estimate}（{low} 至 {high}，对顾客重抽样的 95 % 区间）。保持现状也没有错。",
  tune_worse: "比当前配置差：{estimate}（{low} 至 {high}，对顾客重抽样的 95 % 区间）。请保持现状。",
  tune_exhausted: "所有组合都已试过。",
  tune_put: "要采用它，请写入 longrun.config（或加上 --apply）：",
  tune_applied: "已写入 {path}。下一次运行会在调优从未见过的测试期上检验它。",
  tune_nothing_to_apply: "没有写入任何内容：最佳试验并不比当前配置更好。",
  tune_study: "研究文件：{path}",
  tune_mean: "平均",
  column_fold: "预测日",
  column_present: "当前",
  column_best: "最佳",
  column_better_by: "改进",
  column_trial: "试验",
};
