using Granary.Modelling.Learning;

namespace Granary.Modelling.Experiments;

/// <param name="Rule">The rule applied to predictions; "chosen" = the rule chosen in each window.</param>
/// <param name="Strategy">"all", or the id of one strategy.</param>
internal sealed record SearchedWorth(string Rule, string Strategy, ModelWorth Worth);
