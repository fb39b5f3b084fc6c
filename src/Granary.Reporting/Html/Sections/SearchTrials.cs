using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The trials of a search as its charts draw them: by the first objective, with the scale of each parameter.</summary>
internal sealed class SearchTrials
{
    // Of many trials the worst few would take most of an axis; they are drawn at its edge.
    private const double WorstShare = 0.025;

    private const int EnoughForEdge = 40, MostAxes = 8;

    private readonly Dictionary<string, PlotScale> _scales = new(StringComparer.Ordinal);

    public SearchTrials(ParameterSearch search)
    {
        Search = search;
        Objective = search.Objectives[0];
        IsMinimised = ObjectiveName.IsMinimised(Objective);
        Finished = [.. search.Trials.Where(t => t.State == SearchTrialStates.Finished && HasObjective(t))];
        Ranked = [.. Finished.OrderBy(t => IsMinimised ? t.Objectives[0] : -t.Objectives[0]).ThenBy(t => t.Number)];
        Best = [.. search.Best.Select(number => search.Trials.FirstOrDefault(t => t.Number == number)).OfType<SearchTrialRow>()];
        foreach (var parameter in search.Space) _scales[parameter.Name] = ScaleOf(parameter);
        var shares = search.Importance.Where(i => i.Objective == Objective).ToDictionary(i => i.Parameter, i => i.Share,
            StringComparer.Ordinal);
        Parameters = [.. search.Space.Where(p => Finished.Select(t => ValueOf(t, p)).Where(double.IsFinite).Distinct().Take(2).Count() == 2)
            .OrderByDescending(p => shares.GetValueOrDefault(p.Name)).Take(MostAxes)];
        Edge = double.NaN;
        if (Ranked.Count < EnoughForEdge) return;
        var sorted = Finished.Select(t => t.Objectives[0]).Order().ToArray();
        Edge = Quantile.Linear(sorted, IsMinimised ? 1 - WorstShare : WorstShare);
    }

    public ParameterSearch Search { get; }

    /// <summary>The first objective.</summary>
    public string Objective { get; }

    public bool IsMinimised { get; }

    /// <summary>Trials with a defined objective on all bars, by number.</summary>
    public IReadOnlyList<SearchTrialRow> Finished { get; }

    /// <summary>The finished trials, the best first.</summary>
    public IReadOnlyList<SearchTrialRow> Ranked { get; }

    /// <summary>The best trial, or the trials of the Pareto front.</summary>
    public IReadOnlyList<SearchTrialRow> Best { get; }

    /// <summary>The parameters with several values, the most important first; at most eight.</summary>
    public IReadOnlyList<SearchedParameter> Parameters { get; }

    /// <summary>The objective at which worse trials are drawn; NaN if there are few.</summary>
    public double Edge { get; }

    /// <summary>Whether the luck bar is a value of the first objective.</summary>
    public bool HasLuckBar => Objective == "sharpe" && double.IsFinite(Search.LuckBar);

    public PlotScale ScaleOf(string parameter) => _scales[parameter];

    public static bool HasObjective(SearchTrialRow trial) => trial.Objectives.Count > 0 && double.IsFinite(trial.Objectives[0]);

    /// <summary>A trial's objective, not beyond the edge.</summary>
    public double Shown(double objective) =>
        double.IsNaN(Edge) ? objective : IsMinimised ? Math.Min(objective, Edge) : Math.Max(objective, Edge);

    /// <summary>The scale of the first objective.</summary>
    /// <param name="withLuck">Whether it includes the luck bar.</param>
    public PlotScale ObjectiveScale(bool withLuck, int about = 5) => new(ObjectiveText.Name(Objective).ToLowerInvariant(),
        ValueAxis.Around(Finished.Select(t => Shown(t.Objectives[0])), withLuck && HasLuckBar ? Search.LuckBar : double.NaN, ticks: about),
        v => Label(Objective, v));

    /// <summary>A scale of any objective over the finished trials.</summary>
    public PlotScale ObjectiveScale(int index) => index == 0 ? ObjectiveScale(withLuck: false)
        : new(ObjectiveText.Name(Search.Objectives[index]).ToLowerInvariant(),
            ValueAxis.Around(Finished.Select(t => t.Objectives[index])), v => Label(Search.Objectives[index], v));

    /// <summary>A parameter's value of a trial as its scale has it: the number, or the place of the choice; NaN without one.</summary>
    public static double ValueOf(SearchTrialRow trial, SearchedParameter parameter)
    {
        if (!trial.Values.TryGetValue(parameter.Name, out var value)) return double.NaN;
        if (parameter.Values is not { } choices) return ParameterText.Number(value);
        var text = ChoiceText(value);
        for (var i = 0; i < choices.Count; i++)
            if (choices[i] == text) return i;
        return double.NaN;
    }

    /// <summary>Evenly chosen trials, the same each time, with those that must not be missing.</summary>
    public IReadOnlyList<SearchTrialRow> Thinned(IReadOnlyList<SearchTrialRow> trials, int most)
    {
        var every = (trials.Count - 1) / most + 1;
        if (every <= 1) return trials;
        var kept = Best.Select(t => t.Number).ToHashSet();
        return [.. trials.Where((t, i) => i % every == 0 || kept.Contains(t.Number))];
    }

    // A metric that is a share of something reads as a percentage on an axis too.
    private static string Label(string objective, double value) =>
        ObjectiveText.Value(objective, 0.5).EndsWith('%') ? TimePlot.Text(value, PlotUnit.Percent)
            : NumberText.Compact(Math.Round(value, 6));

    private static string ChoiceText(object value) => value switch
    {
        bool b => b ? "true" : "false",
        IFormattable f => f.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static PlotScale ScaleOf(SearchedParameter parameter)
    {
        if (parameter.Values is { } choices) return PlotScale.OfNames(parameter.Name, choices);
        var (low, high) = (parameter.From ?? 0, parameter.To ?? 1);
        if (!(high > low)) (low, high) = (low - 0.5, low + 0.5);
        var air = 0.03;
        var axis = parameter.Log && low > 0
            ? new ValueAxis(low * Math.Pow(low / high, air), high * Math.Pow(high / low, air), Log: true)
            : new ValueAxis(low - air * (high - low), high + air * (high - low));
        return new PlotScale(parameter.Log ? $"{parameter.Name} (log)" : parameter.Name, axis,
            v => NumberText.Compact(Math.Round(v, 6)));
    }
}
