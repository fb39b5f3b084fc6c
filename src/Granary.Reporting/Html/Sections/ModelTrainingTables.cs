using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Retrainings of models: versions in force over time, the decision of each training, and the challengers.</summary>
internal sealed class ModelTrainingTables(ModelResults results)
{
    private const int Most = 200;

    /// <summary>Whether a record belongs to drift monitoring rather than a training.</summary>
    public static bool IsOfWatch(WatchRecord action) => action.Action is "alert" or "rolled-back" or "restored";

    public void Write(HtmlWriter html)
    {
        Versions(html);
        Trainings(html);
        Challengers(html);
    }

    private void Versions(HtmlWriter html)
    {
        if (results.Versions.Count == 0) return;
        HtmlTable.Open(html, "Versions in force over time",
            [new("Strategy", Number: false), new("Version"), new("From", Number: false), new("To", Number: false),
                new("Expired", Number: false, Hint: "From then on it admitted no entries"), new("Learned from", Number: false),
                new("Learned to", Number: false), new("Samples"), new("Signals"), new("Refused as expired")]);
        foreach (var v in results.Versions.Take(Most))
        {
            HtmlTable.RowHead(html, v.Strategy);
            HtmlTable.Number(html, NumberText.Count(v.Version));
            HtmlTable.Text(html, NumberText.Time(v.From.Ticks));
            HtmlTable.Text(html, v.To is { } to ? NumberText.Time(to.Ticks) : NumberText.Undefined);
            HtmlTable.Text(html, v.Expired is { } expired ? NumberText.Time(expired.Ticks) : NumberText.Undefined);
            HtmlTable.Text(html, NumberText.Time(v.TrainFrom.Ticks));
            HtmlTable.Text(html, NumberText.Time(v.TrainTo.Ticks));
            HtmlTable.Number(html, NumberText.Count(v.Samples));
            HtmlTable.Number(html, NumberText.Count(v.Signals));
            HtmlTable.Number(html, NumberText.Count(v.Refused));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        if (results.Versions.Count > Most) html.Write($"<p class=\"note\">The first {Most}; results.json has all.</p>\n");
    }

    private void Trainings(HtmlWriter html)
    {
        List<WatchRecord> trainings = [.. results.Actions.Where(a => !IsOfWatch(a))];
        if (trainings.Count == 0) return;
        HtmlTable.Open(html, "Trainings and expiries",
            [new("Time", Number: false), new("Strategy", Number: false), new("Action", Number: false), new("Version"),
                new("Error in force", Hint: "Mean squared error of the version in force"), new("Error", Hint: "That of this version"),
                new("Outcomes"), new("p"), new("Reason", Number: false)]);
        foreach (var action in trainings.Take(Most))
        {
            HtmlTable.RowHead(html, NumberText.Time(action.Time.Ticks));
            HtmlTable.Text(html, action.Strategy);
            HtmlTable.Text(html, action.Action);
            HtmlTable.Number(html, NumberText.Count(action.Training?.Trained ?? action.Version));
            HtmlTable.Number(html, NumberText.Ratio(action.Before ?? double.NaN, 4));
            HtmlTable.Number(html, NumberText.Ratio(action.After ?? double.NaN, 4));
            HtmlTable.Number(html, NumberText.Count(action.Trades));
            HtmlTable.Number(html, NumberText.Ratio(action.Training?.PValue ?? double.NaN, 3));
            HtmlTable.Text(html, action.Reason);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        if (trainings.Count > Most) html.Write($"<p class=\"note\">The first {Most}; {ModelTables.Log}.csv has all.</p>\n");
    }

    private void Challengers(HtmlWriter html)
    {
        if (results.Challengers.Count == 0) return;
        HtmlTable.Open(html, $"Challengers beside the versions in force; {ModelTables.Challengers}.csv lists their predictions",
            [new("Strategy", Number: false), new("Closed trades"), new("Compared", Hint: "Trades whose outcomes do not overlap"),
                new("Error in force"), new("Error of challengers"), new("Low", Hint: "Of the 95 % interval of the difference"),
                new("High"), new("p", Hint: "One-sided, of a paired t-test: that the challengers err no less")]);
        foreach (var c in results.Challengers.Take(Most))
        {
            HtmlTable.RowHead(html, c.Strategy);
            HtmlTable.Number(html, NumberText.Count(c.Trades));
            HtmlTable.Number(html, NumberText.Count(c.Compared));
            foreach (var error in (double?[])[c.Error, c.ChallengerError, c.Low, c.High])
                HtmlTable.Number(html, NumberText.Ratio(error ?? double.NaN, 4));
            HtmlTable.Number(html, NumberText.Ratio(c.PValue ?? double.NaN, 3));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }
}
