using Granary.Engine.Portfolio.Rules;

namespace Granary.Learning.Features;

/// <summary>A feature that is read off the portfolio's state when it decides on an entry.</summary>
public sealed class PortfolioFeature
{
    private readonly Func<PortfolioState, double> _read;

    private PortfolioFeature(string name, Func<PortfolioState, double> read) => (Name, _read) = (name, read);

    /// <summary>What all their names begin with.</summary>
    public const string Prefix = "portfolio-";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PortfolioFeature> All { get; } =
    [
        new(Prefix + "drawdown", s => s.Drawdown), new(Prefix + "exposure", s => s.Exposure),
        new(Prefix + "positions", s => s.Positions), new(Prefix + "win-rate", s => s.WinRate),
    ];

    /// <summary>As written in a batch.</summary>
    public string Name { get; }

    /// <param name="name">As written in a batch.</param>
    /// <exception cref="LearningInputException">There is no such feature.</exception>
    public static PortfolioFeature Find(string name) => All.FirstOrDefault(f => f.Name == name)
        ?? throw new LearningInputException($"there is no feature '{name}' of the portfolio: use {string.Join(", ",
            All.Select(f => f.Name))}");

    /// <summary>Its value; NaN where the state does not have it yet.</summary>
    public double Of(in PortfolioState state) => _read(state);
}
