using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>Reads the rules of a batch file's portfolio: limits, sizing, and which strategies and symbols may enter.</summary>
internal static class PortfolioSection
{
    /// <param name="part">null = the section is missing.</param>
    /// <param name="rules">Rules that the section may name; null if the process does not know them, as in a client.</param>
    /// <exception cref="InputException">A value is invalid.</exception>
    public static PortfolioLimits Limits(JsonPart? part, Catalogue<PortfolioRuleDefinition>? rules)
    {
        if (part is null) return new PortfolioLimits();
        IReadOnlyList<RuleKeys> known = [.. (rules?.All ?? PortfolioRuleDefinition.BuiltIn).Select(rule => new RuleKeys(rule))];
        var limits = RecordKeys<PortfolioLimits>.Read(part,
            rules is null ? part.Members.Select(m => m.Name) : known.SelectMany(rule => rule.Names));
        return limits with { Rules = [.. known.Select(rule => rule.Read(part)).OfType<ChosenRule>()] };
    }

    public static PortfolioSizing Sizing(JsonPart? part)
    {
        if (part is null) return PortfolioSizing.Own;
        var keys = RecordKeys<PortfolioSizeKeys>.Read(part);
        if (part.IsFaulty) return PortfolioSizing.Own;
        (PortfolioSizeKind Kind, double? Value)[] rules =
        [
            (PortfolioSizeKind.Units, keys.Units), (PortfolioSizeKind.Cash, keys.Cash),
            (PortfolioSizeKind.PercentOfEquity, keys.PercentOfEquity), (PortfolioSizeKind.RiskPercent, keys.RiskPercent),
            (PortfolioSizeKind.VolatilityTarget, keys.VolatilityPercent), (PortfolioSizeKind.Kelly, keys.Kelly),
        ];
        if (rules.Count(r => r.Value is not null) != 1)
            return part.Wrong("one rule is needed: units, cash, percentOfEquity, riskPercent, volatilityPercent or kelly",
                PortfolioSizing.Own);
        var (kind, value) = rules.Single(r => r.Value is not null);
        var isKelly = kind == PortfolioSizeKind.Kelly;
        if (keys.CapPercent is not null && !isKelly && kind != PortfolioSizeKind.VolatilityTarget)
            part.Need("capPercent").Wrong("it is for volatilityPercent and kelly; leave it out", 0);
        foreach (var name in (string[])["trades", "minTrades"])
            if (part.Find(name) is { } p && !isKelly)
                p.Wrong("it is for kelly; leave it out", 0);
        return new PortfolioSizing(kind, value!.Value, keys.CapPercent ?? (isKelly ? 20 : 100), keys.Trades ?? 100, keys.MinTrades ?? 20);
    }

    /// <summary>Returns the rule name in <c>portfolio.weights</c>; null if it is an object of weights by strategy id.</summary>
    public static string? Rule(JsonPart? weights)
    {
        if (weights is null) return WeightMethods.Winners;
        if (weights.Kind == JsonValueKind.Object) return null;
        var rule = weights.String();
        if (rule.StartsWith(WeightsFile.Prefix, StringComparison.Ordinal))
            return weights.Wrong("only the command line reads a file of weights; send the weights themselves, as an object by strategy id",
                WeightMethods.Winners);
        if (rule.Length == 0 || WeightMethods.All.Contains(rule, StringComparer.Ordinal)) return rule;
        var near = Spelling.Nearest(rule, WeightMethods.All);
        var all = string.Join(", ", WeightMethods.All.Select(r => $"\"{r}\""));
        return weights.Wrong($"there is no rule '{rule}'; "
            + (near is null ? $"use {all}, an object of weights by strategy id, or \"csv:FILE\"" : $"did you mean '{near}'?"),
            WeightMethods.Winners);
    }

    /// <summary>Refuses a rule that asks for nothing.</summary>
    public static EnablementRule? Checked(EnablementRule? rule, JsonPart? part) =>
        rule is { MinProfitFactor: null, MinWinRate: null, MinExpectancyPercent: null }
            ? part!.Wrong("nothing is asked of them: give minProfitFactor, minWinRate or minExpectancyPercent", rule) : rule;
}
