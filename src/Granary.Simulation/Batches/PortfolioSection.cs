using System.Text.Json;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>Reads the rules of a batch file's portfolio: limits, sizing, and which strategies and symbols may enter.</summary>
public static class PortfolioSection
{
    /// <summary>Whether the limits have a key of this name, which a rule of a plug-in therefore cannot have. Case does not matter.</summary>
    public static bool IsKeyOfLimits(string name) =>
        RecordKeys<PortfolioLimits>.All.Any(key => key.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <param name="part">null = the section is missing.</param>
    /// <param name="rules">Rules that the section may name; null if the process does not know them, as in a client.</param>
    /// <exception cref="InputException">A value is invalid.</exception>
    public static PortfolioLimits Limits(JsonPart? part, Catalogue<PortfolioRuleDefinition>? rules)
    {
        if (part is null) return new PortfolioLimits();
        var named = rules is null ? part.Members.Select(m => m.Name) : rules.Names;
        var limits = RecordKeys<PortfolioLimits>.Read(part, named);
        foreach (var name in (string[])["resumeDrawdownPercent", "resumeAfterDays"])
            if (part.Find(name) is { } resume && limits.MaxDrawdownPercent is null)
                resume.Wrong("it says how trading resumes after maxDrawdownPercent, which is not there; add it, or leave this out", 0);
        if (part.Find("correlation") is { } c && limits.MaxCorrelatedPercent is null)
            c.Wrong("it is for maxCorrelatedPercent, which is not there; add it, or leave this out", 0);
        foreach (var (_, group) in part.Find("groups")?.Members ?? [])
            if (group.Find("maxPercent") is null && group.Find("maxPositions") is null)
                group.Wrong("a group has a limit: give maxPercent, maxPositions or both", 0);
        return limits with
        {
            Rules = rules is null ? [] : [.. rules.All.SelectMany(rule => part.Find(rule.Name) is { } p ? Chosen(rule, p) : [])],
        };
    }

    // The value is an object of settings, or the rule's only setting.
    private static ChosenRule[] Chosen(PortfolioRuleDefinition rule, JsonPart part)
    {
        var names = rule.Parameters.Count == 0 ? "nothing in it" : string.Join(", ", rule.Parameters.Select(p => p.Name));
        var settings = part.Kind == JsonValueKind.Object ? part.Members
            : rule.Parameters.Count == 1 ? [(rule.Parameters[0].Name, part)]
            : part.Wrong($"an object with {names} is needed", part.Members);
        if (part.IsFaulty) return [];
        try
        {
            return [rule.Bind(settings.ToDictionary(s => s.Name, s => (object)s.Value.Text, StringComparer.Ordinal))];
        }
        catch (ArgumentException e)
        {
            return part.Wrong<ChosenRule[]>(e.Message, [], e);
        }
    }

    public static PortfolioSizing Sizing(JsonPart? part)
    {
        if (part is null) return PortfolioSizing.Own;
        part.Only("units", "cash", "percentOfEquity", "riskPercent", "volatilityPercent", "kelly", "capPercent", "trades", "minTrades");
        var rules = part.Members.Where(m => m.Name is not ("capPercent" or "trades" or "minTrades")).ToList();
        if (part.IsFaulty) return PortfolioSizing.Own;
        if (rules.Count != 1) return part.Wrong("one rule is needed: units, cash, percentOfEquity, riskPercent, volatilityPercent or kelly",
            PortfolioSizing.Own);
        var (rule, value) = rules[0];
        var sizing = rule switch
        {
            "units" => new PortfolioSizing(PortfolioSizeKind.Units, value.Number(1e-12, 1e15)),
            "cash" => new PortfolioSizing(PortfolioSizeKind.Cash, value.Number(1e-9, 1e15)),
            "percentOfEquity" => new PortfolioSizing(PortfolioSizeKind.PercentOfEquity, value.Number(1e-9, 10_000)),
            "riskPercent" => new PortfolioSizing(PortfolioSizeKind.RiskPercent, value.Number(1e-9, 100)),
            "volatilityPercent" => new PortfolioSizing(PortfolioSizeKind.VolatilityTarget, value.Number(1e-9, 1000)),
            _ => new PortfolioSizing(PortfolioSizeKind.Kelly, value.Number(0.001, 2), Cap: 20),
        };
        if (part.Find("capPercent") is { } cap)
            sizing = sizing.Kind is PortfolioSizeKind.VolatilityTarget or PortfolioSizeKind.Kelly
                ? sizing with { Cap = cap.Number(0.001, 10_000) }
                : cap.Wrong("it is for volatilityPercent and kelly; leave it out", sizing);
        foreach (var name in (string[])["trades", "minTrades"])
            if (part.Find(name) is { } p && sizing.Kind != PortfolioSizeKind.Kelly)
                p.Wrong("it is for kelly; leave it out", 0);
        return sizing with
        {
            Trades = part.Find("trades")?.Whole(2, 100_000) ?? sizing.Trades,
            MinTrades = part.Find("minTrades")?.Whole(1, 100_000) ?? sizing.MinTrades
        };
    }

    /// <summary>Returns the rule name in <c>portfolio.weights</c>; null if it is an object of weights by strategy id.</summary>
    public static string? Rule(JsonPart? weights)
    {
        if (weights is null) return WeightRule.Winners;
        if (weights.Kind == JsonValueKind.Object) return null;
        var rule = weights.String();
        if (rule.StartsWith(WeightsFile.Prefix, StringComparison.Ordinal))
            return weights.Wrong("only the command line reads a file of weights; send the weights themselves, as an object by strategy id",
                WeightRule.Winners);
        if (rule.Length == 0 || WeightRule.All.Contains(rule, StringComparer.Ordinal)) return rule;
        var near = Spelling.Nearest(rule, WeightRule.All);
        var all = string.Join(", ", WeightRule.All.Select(r => $"\"{r}\""));
        return weights.Wrong($"there is no rule '{rule}'; "
            + (near is null ? $"use {all}, an object of weights by strategy id, or \"csv:FILE\"" : $"did you mean '{near}'?"),
            WeightRule.Winners);
    }

    public static EnablementRule? Enablement(JsonPart? part)
    {
        if (part is null) return null;
        var rule = RecordKeys<EnablementRule>.Read(part);
        if (rule.MinProfitFactor is null && rule.MinWinRate is null && rule.MinExpectancyPercent is null)
            part.Wrong("nothing is asked of them: give minProfitFactor, minWinRate or minExpectancyPercent", 0);
        return rule;
    }
}
