using Granary.Modelling.Learning;
using Granary.Simulation.Work;

namespace Granary.Modelling.Experiments;

/// <summary>Lets a work host make the fits of one trainer and label before the comparison measures them.</summary>
/// <param name="candidate">Index of the trainer and label in <see cref="ComparedSections"/>.</param>
internal sealed class ComparedFits(IWorkHost host, int candidate)
{
    private int _before;

    /// <summary>Makes those fits of the given units that no earlier run has cached.</summary>
    /// <param name="fitted">Called after each window's fit, from any thread.</param>
    public async Task MakeAsync(IReadOnlyList<UnitTraining> units, Action<UnitTraining, int> fitted, CancellationToken cancellationToken)
    {
        var wanted = new List<FitItem>();
        foreach (var (u, unit) in units.Index())
        {
            if (unit.Error is not null) continue;
            foreach (var window in unit.Folds.Where(f => f.Train.Length > 0).Select(f => f.Index).Append(UnitTraining.Whole))
                if (!unit.Fits.Has(unit.RowsOf(window))) wanted.Add(new FitItem(_before + u, candidate, window, KeyOf(unit, window)));
        }
        await host.RunAsync(wanted, (item, token) => Task.FromResult(Make(UnitOf(item), item.Inner, token)), (place, fit) =>
        {
            var (unit, window) = (UnitOf(wanted[place]), wanted[place].Inner);
            unit.Fits.Take(unit.RowsOf(window), fit.Model, fit.Error);
            if (window != UnitTraining.Whole) fitted(unit, window);
        }, cancellationToken);
        _before += units.Count;

        UnitTraining UnitOf(FitItem item) => units[item.Search - _before];
    }

    /// <summary>Makes one fit.</summary>
    /// <param name="window">Index of the window; <see cref="UnitTraining.Whole"/> for the model of all samples.</param>
    public static SearchFit Make(UnitTraining unit, int window, CancellationToken cancellationToken)
    {
        var (model, error) = unit.Fits.Make(unit.RowsOf(window), cancellationToken);
        return new SearchFit([], [], error) { Model = model };
    }

    /// <summary>Returns the cache key of a fit.</summary>
    public static string KeyOf(UnitTraining unit, int window) => unit.Fits.NameOf(unit.Data, unit.RowsOf(window));
}
