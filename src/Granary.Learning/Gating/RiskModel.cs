using Granary.Engine;
using Granary.Engine.Portfolio.Rules;
using Granary.Learning.Features;
using Granary.Learning.Tables;

namespace Granary.Learning.Gating;

/// <summary>
/// Walk-forward models of the risk of entries in one market. At any time, the newest model predicts whose training data was known by then.
/// Before the first model there is no prediction.
/// </summary>
internal sealed class RiskModel
{
    private readonly ModelWindow[] _windows;

    /// <param name="windows">The windows in ascending order of time.</param>
    /// <exception cref="InputException">A model has other features, or uses several past rows.</exception>
    public RiskModel(string name, EntryFeatures features, IReadOnlyList<ModelWindow> windows, LimitRule rule)
    {
        (Name, Features, Rule) = (name, features, rule);
        _windows = [.. windows];
        foreach (var (_, model) in _windows)
        {
            if (model.Input is not { Kind: ModelInputKind.Features, Length: 1 })
                throw new InputException($"{model.Trainer} looks back on several rows or on past labels, but entries are not "
                    + "evenly spaced: choose another trainer");
            if (!model.Features.SequenceEqual(features.Names))
                throw new InputException($"the model '{name}' was made for the features {string.Join(", ", model.Features)}, "
                    + $"not for {string.Join(", ", features.Names)}: train it again");
        }
    }

    /// <summary>The name in the registry, with the version if there is one.</summary>
    public string Name { get; }

    public EntryFeatures Features { get; }

    public LimitRule Rule { get; }

    /// <summary>The windows in ascending order of time.</summary>
    public IReadOnlyList<ModelWindow> Windows => _windows;

    /// <summary>Returns the expected worst loss of an entry, as a fraction of its value.</summary>
    /// <param name="row">The row that <see cref="EntryFeatures.Write"/> wrote.</param>
    /// <param name="known">When the signal was known, UTC ticks.</param>
    /// <returns>The prediction; NaN before the first model, or if a feature is not known yet.</returns>
    public double Predict(ReadOnlySpan<double> row, long known)
    {
        var at = _windows.Length - 1;
        while (at >= 0 && _windows[at].From > known) at--;
        if (at < 0) return double.NaN;
        foreach (var value in row)
            if (!double.IsFinite(value))
                return double.NaN;
        var prediction = _windows[at].Model.Predict(row);
        return double.IsFinite(prediction) ? prediction : double.NaN;
    }
}
