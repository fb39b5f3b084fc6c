using Granary.Engine;
using Granary.Engine.Portfolio.Rules;

namespace Granary.Learning.Features;

/// <summary>A feature of the portfolio's state at the decision on an entry.</summary>
internal sealed class PortfolioFeature
{
    private readonly Func<PortfolioState, double> _read;

    private PortfolioFeature(string name, Func<PortfolioState, double> read) => (Name, _read) = (name, read);

    /// <summary>Prefix of all names of portfolio features.</summary>
    public const string Prefix = "portfolio-";

    /// <summary>All portfolio features.</summary>
    public static IReadOnlyList<PortfolioFeature> All { get; } =
    [
        new(Prefix + "drawdown", s => s.Drawdown), new(Prefix + "exposure", s => s.Exposure),
        new(Prefix + "positions", s => s.Positions), new(Prefix + "win-rate", s => s.WinRate),
    ];

    /// <summary>The name as in a batch.</summary>
    public string Name { get; }

    /// <param name="name">The name as in a batch.</param>
    /// <exception cref="InputException">The feature does not exist.</exception>
    public static PortfolioFeature Find(string name) => All.FirstOrDefault(f => f.Name == name)
        ?? throw new InputException($"there is no feature '{name}' of the portfolio: use {string.Join(", ",
            All.Select(f => f.Name))}");

    /// <summary>Returns the value; NaN if the state does not have it yet.</summary>
    public double Of(in PortfolioState state) => _read(state);
}
