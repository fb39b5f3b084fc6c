using System.Diagnostics.CodeAnalysis;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>Resolves the class of a batch entry and the values of its parameters. Each error names its line.</summary>
/// <param name="Defaults">Default value of each parameter; the grid overrides some of them.</param>
/// <param name="Grid">Parameters with the values to combine.</param>
internal sealed record StrategyBinding(StrategyDefinition Definition, object[] Defaults,
    IReadOnlyList<(int Parameter, object[] Values)> Grid)
{
    /// <exception cref="InputException">A class or parameter is unknown, or a value is out of range; reports the first error.</exception>
    public static StrategyBinding Of(StrategySpec entry, StrategyCatalogue strategies)
    {
        TryMake(entry, strategies, fault => throw fault, out var binding);
        return binding!;
    }

    /// <summary>Resolves an entry that may be invalid; null if it is.</summary>
    public static StrategyBinding? Find(StrategySpec entry, StrategyCatalogue strategies)
    {
        TryMake(entry, strategies, static _ => { }, out var binding);
        return binding;
    }

    /// <summary>Reports all errors of an entry.</summary>
    public static void Check(StrategySpec entry, StrategyCatalogue strategies, Action<InputException> wrong) =>
        TryMake(entry, strategies, wrong, out _);

    private static void TryMake(StrategySpec entry, StrategyCatalogue strategies, Action<InputException> wrong,
        out StrategyBinding? binding)
    {
        binding = null;
        if (!strategies.TryGet(entry.Class, out var definition))
        {
            var near = Spelling.Nearest(entry.Class, strategies.Names);
            wrong(entry.Place.Need("class").Fault($"there is no strategy class '{entry.Class}'; "
                + (near is null ? "'granary strategies' lists what there is. " : $"did you mean '{near}'? ")
                + "A class of a plug-in needs --plugins DIR"));
            return;
        }
        var grid = new List<(int Parameter, object[] Values)>();
        var complete = true;
        foreach (var (name, values, place) in entry.Params)
        {
            if (TryValues(definition, name, values, place, out var at, out var parsed, out var fault)) grid.Add((at, parsed));
            else
            {
                complete = false;
                wrong(fault);
            }
        }
        var defaults = new object[definition.Parameters.Count];
        for (var i = 0; i < defaults.Length; i++)
        {
            defaults[i] = definition.Parameters[i].Default ?? "";
            if (definition.Parameters[i].Default is not null || !complete || entry.Place.Find("params") is { IsFaulty: true }
                || grid.Any(g => g.Parameter == i)
                || entry.Search?.Find("space")?.Find(definition.Parameters[i].Name) is not null) continue;
            complete = false;
            wrong(entry.Place.Fault($"{definition.Name} needs the parameter '{definition.Parameters[i].Name}'"));
        }
        if (complete) binding = new StrategyBinding(definition, defaults, grid);
    }

    private static bool TryValues(StrategyDefinition definition, string name, IReadOnlyList<string> values, JsonPart place,
        out int parameter, [NotNullWhen(true)] out object[]? parsed, [NotNullWhen(false)] out InputException? fault)
    {
        (parameter, parsed, fault) = (-1, null, null);
        for (var i = 0; i < definition.Parameters.Count; i++)
            if (definition.Parameters[i].Name == name)
                parameter = i;
        if (parameter < 0)
        {
            var near = Spelling.Nearest(name, definition.Parameters.Select(p => p.Name));
            fault = place.Fault($"{definition.Name} has no parameter '{name}'; "
                + (near is not null ? $"did you mean '{near}'?"
                    : definition.Parameters.Count == 0 ? "it takes none"
                    : $"it takes {string.Join(", ", definition.Parameters.Select(p => p.Name))}"));
            return false;
        }
        try
        {
            parsed = [.. values.Select(definition.Parameters[parameter].Parse)];
            return true;
        }
        catch (InputException e)
        {
            fault = place.Placed(e);
            return false;
        }
    }
}
