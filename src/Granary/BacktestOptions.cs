using System.Diagnostics.CodeAnalysis;
using Granary.Engine;
using Granary.Simulation.Catalogues;

namespace Granary;

/// <summary>Options of a run.</summary>
public sealed record BacktestOptions
{
    private readonly List<Action<GranaryCataloguesBuilder>> _additions = [];

    /// <summary>The usual ones.</summary>
    public BacktestOptions()
    {
    }

    // A copy, which 'with' makes, has additions of its own.
    private BacktestOptions(BacktestOptions other)
    {
        (Out, Folder, Threads, Validation) = (other.Out, other.Folder, other.Threads, other.Validation);
        (RunsLargeGrids, Plugins, Progress) = (other.RunsLargeGrids, other.Plugins, other.Progress);
        _additions = [.. other._additions];
    }

    /// <summary>The run's folder; null = <c>runs/NAME-UTC</c>.</summary>
    public string? Out { get; init; }

    /// <summary>Folder from which relative paths of the batch start; null = the current one.</summary>
    public string? Folder { get; init; }

    /// <summary>Threads; results do not depend on them.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether to run the checks of the verdict that run strategies again: look-ahead and stressed costs.</summary>
    public bool Validation { get; init; } = true;

    /// <summary>Whether a very large grid is run.</summary>
    public bool RunsLargeGrids { get; init; }

    /// <summary>A folder of plug-ins, as <c>--plugins</c> of the command line; null = none.</summary>
    public string? Plugins { get; init; }

    /// <summary>Receives the finished part, from 0 to 1.</summary>
    public IProgress<double>? Progress { get; init; }

    /// <summary>Lets batches use a class of this program: a factor, a limit of the portfolio, a file format, a trainer.</summary>
    /// <exception cref="InputException">When a batch is run: the class has no attribute such as <c>[Factor]</c>.</exception>
    public BacktestOptions With<[DynamicallyAccessedMembers(StrategyClass.Kept)] T>() where T : class
    {
        var more = new BacktestOptions(this);
        more._additions.Add(static builder => builder.AddType(typeof(T)));
        return more;
    }

    /// <summary>
    /// Lets batches use all public classes of an assembly that have an attribute of a catalogue: those of <c>Granary.Parquet</c>,
    /// <c>Granary.Kafka</c> or a plug-in that the program references.
    /// </summary>
    /// <typeparam name="T">A class of the assembly.</typeparam>
    [RequiresUnreferencedCode("A trimmed program needs the assembly as a TrimmerRootAssembly.")]
    public BacktestOptions WithAllOf<T>() where T : class
    {
        var more = new BacktestOptions(this);
        more._additions.Add(static builder => builder.AddAssembly(typeof(T).Assembly));
        return more;
    }

    internal void AddTo(GranaryCataloguesBuilder builder)
    {
        foreach (var add in _additions) add(builder);
        builder.AddPlugins(Plugins);
    }
}
