using Granary.Modelling.Learning;

namespace Granary.Modelling.Experiments;

/// <param name="Rule">What is done with predictions; "chosen" = the rule chosen in each window.</param>
/// <param name="Strategy">"all", or one strategy.</param>
public sealed record SearchedWorth(string Rule, string Strategy, ModelWorth Worth);
