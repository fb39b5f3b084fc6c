namespace Granary.Engine.Portfolio.Rules;

/// <summary>A rule of a portfolio at one time.</summary>
/// <param name="Name">Its key in the limits; empty for a rule that no key switches on.</param>
/// <param name="Refusal">The decision on an entry that it refuses.</param>
/// <param name="Uses">How much of its limits is used; empty if it has no such figures.</param>
/// <param name="Bound">The value that it bounds for the position that was asked about, account currency.</param>
internal sealed record RuleState(string Name, Decision Refusal, IReadOnlyList<RuleUse> Uses, ValueBound Bound);
