using System.Text.Json;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>Reads the rules of a batch file's portfolio: limits, sizing, and which strategies and symbols may enter.</summary>
public static class PortfolioSection
{
    /// <param name="part">null = the section is missing.</param>
    /// <param name="rules">Rules that the section may name; null if the process does not know them, as in a client.</param>
    /// <exception cref="InputException">A value is invalid.</exception>
    public static PortfolioLimits Limits(JsonPart? part, Catalogue<PortfolioRuleDefinition>? rules)
    {
        if (part is null) return new PortfolioLimits();
        var named = rules is null ? part.Members.Select(m => m.Name) : rules.Names;
        part.Only([.. PortfolioLimits.Keys, .. named]);
        foreach (var name in (string[])["resumeDrawdownPercent", "resumeAfterDays"])
            if (part.Find(name) is { } resume && part.Find("maxDrawdownPercent") is null)
                resume.Wrong("it says how trading resumes after maxDrawdownPercent, which is not there; add it, or leave this out", 0);
        if (part.Find("correlation") is { } c && part.Find("maxCorrelatedPercent") is null)
            c.Wrong("it is for maxCorrelatedPercent, which is not there; add it, or leave this out", 0);
        return new PortfolioLimits
        {
            MaxPositions = part.Find("maxPositions")?.Whole(0),
            MaxGrossPercent = part.Find("maxGrossPercent")?.Number(0, 1e6),
            MaxNetPercent = part.Find("maxNetPercent")?.Number(0, 1e6),
            MaxSymbolPercent = part.Find("maxSymbolPercent")?.Number(0, 1e6),
            MaxStrategyPercent = part.Find("maxStrategyPercent")?.Number(0, 1e6),
            MaxLeverage = part.Find("maxLeverage")?.Number(0, 1e4),
            MaxTurnoverPercent = part.Find("maxTurnoverPercent")?.Number(0, 1e6),
            MaxCorrelatedPercent = part.Find("maxCorrelatedPercent")?.Number(0, 1e6),
            Correlation = part.Find("correlation")?.Number(0, 1) ?? 0.8,
            Days = part.Find("days")?.Whole(10, 10_000) ?? 60,
            Groups = part.Find("groups") is { } groups ? Groups(groups) : [],
            RiskPercent = part.Find("riskPercent")?.Number(0, 100),
            MaxDrawdownPercent = part.Find("maxDrawdownPercent")?.Number(0, 100),
            ResumeDrawdownPercent = part.Find("resumeDrawdownPercent")?.Number(0, 100),
            ResumeAfterDays = part.Find("resumeAfterDays")?.Whole(1, 100_000),
            DailyLossPercent = part.Find("dailyLossPercent")?.Number(0, 100),
            RestrictedSymbols = part.Find("restrictedSymbols")?.List().Select(s => s.String()).ToList() ?? [],
            ExclusiveSymbols = part.Find("exclusiveSymbols")?.Bool() ?? false,
            Reserved = part.Find("reserved") is { } reserved
                ? Object(reserved).ToDictionary(m => m.Name, m => (IReadOnlyList<string>)[.. m.Value.OneOrMany().Select(s => s.String())],
                    StringComparer.Ordinal)
                : new Dictionary<string, IReadOnlyList<string>>(),
            Rules = rules is null ? [] : [.. rules.All.SelectMany(rule => part.Find(rule.Name) is { } p ? Chosen(rule, p) : [])],
            AtEveryBar = part.Find("enforce")?.Choice(("signal", false), ("every-bar", true)) ?? false,
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

    private static IReadOnlyList<(string Name, JsonPart Value)> Object(JsonPart part) =>
        part.Kind == JsonValueKind.Object ? part.Members : part.Wrong("an object by name is needed", part.Members);

    private static List<PortfolioGroup> Groups(JsonPart part)
    {
        var groups = new List<PortfolioGroup>();
        foreach (var (name, p) in Object(part))
        {
            p.Only("symbols", "maxPercent", "maxPositions");
            if (p.Find("maxPercent") is null && p.Find("maxPositions") is null)
                p.Wrong("a group has a limit: give maxPercent, maxPositions or both", 0);
            groups.Add(new PortfolioGroup(name, [.. p.Need("symbols").List().Select(s => s.String())], p.Find("maxPercent")?.Number(0, 1e6),
                p.Find("maxPositions")?.Whole(0)));
        }
        return groups;
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
        part.Only("by", "trades", "minTrades", "minProfitFactor", "minWinRate", "minExpectancyPercent");
        var rule = new EnablementRule(part.Find("trades")?.Whole(1, 100_000) ?? 20, part.Find("minTrades")?.Whole(1, 100_000) ?? 10,
            part.Find("minProfitFactor")?.Number(0, 1e6),
            part.Find("minWinRate")?.Number(0, 1), part.Find("minExpectancyPercent")?.Number(-100, 1e6) / 100,
            part.Find("by")?.Choice(("strategy", true), ("symbol", false), ("both", true)) ?? true,
            part.Find("by")?.Choice(("strategy", false), ("symbol", true), ("both", true)) ?? false);
        if (rule.MinProfitFactor is null && rule.MinWinRate is null && rule.MinExpectancy is null)
            part.Wrong("nothing is asked of them: give minProfitFactor, minWinRate or minExpectancyPercent", 0);
        return rule;
    }
}
