using Granary.Engine;

namespace Granary.Learning.Search;

/// <summary>The methods of a parameter search by name.</summary>
internal static class SearchMethods
{
    /// <summary>Points of a round that does not depend on the results of the rounds before.</summary>
    internal const int BlindRound = 64;

    /// <summary>Names of the methods.</summary>
    public static IReadOnlyList<string> Names { get; } = ["tpe", "random", "sobol", "halving"];

    /// <summary>Creates a method.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="trials">Number of different points that the search tries.</param>
    /// <param name="objectives">Number of objectives, from 1.</param>
    /// <param name="seed">Searches of different seeds are independent.</param>
    /// <exception cref="InputException">The condition of the space allows no point.</exception>
    /// <exception cref="ArgumentException">The name is unknown, a number is not positive, or a dimension has no value.</exception>
    public static ISearchMethod Create(string name, ParameterSpace space, int trials, int objectives, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(objectives, 1);
        var census = space.Count();
        if (census.IsEmpty)
        {
            throw new InputException(census.IsComplete
                ? $"none of the {census.Looked} combinations of the space satisfies its conditions: widen a range or remove a condition"
                : $"none of {census.Looked} combinations drawn from the space satisfies its conditions: widen a range or remove a "
                    + "condition");
        }
        return name switch
        {
            "tpe" => new TpeSearch(space, trials, seed, new()),
            "sobol" => new SobolSearch(space, trials, seed),
            "halving" => new HalvingSearch(space, trials, seed),
            "random" => new RandomSearch(space, trials, seed),
            _ => throw new ArgumentException($"There is no search method {name}: use {string.Join(", ", Names)}."),
        };
    }
}
