using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests;

/// <summary>The sentences of the quickstart's verdict say the figures that <see cref="QuickstartValidationTests"/> recomputes.</summary>
public class QuickstartVerdictTests(QuickstartRun run)
{
    private static readonly double Annual = Math.Sqrt(365.25 / 7);

    [Fact]
    public void Every_number_in_the_sentences_of_the_verdict_is_a_recomputed_figure()
    {
        var html = File.ReadAllText(Path.Combine(run.Files.Folder, "report.html"));
        var list = Regex.Match(html, "<ul class=\"belief\">(.*?)</ul>", RegexOptions.Singleline).Groups[1].Value;
        List<string> sentences = [Plain(Regex.Match(html, "<p class=\"lead verdict\">(.*?)</p>", RegexOptions.Singleline).Groups[1].Value),
            .. Regex.Matches(list, "<li>(.*?)</li>", RegexOptions.Singleline).Select(m => Plain(m.Groups[1].Value))];
        var expected = Expected();
        foreach (var sentence in sentences.Where(s => s.Any(char.IsDigit)))
        {
            var (pattern, values) = expected.Where(e => Regex.IsMatch(sentence, e.Pattern)).ShouldHaveSingleItem(sentence);
            var shown = Regex.Match(sentence, pattern).Groups.Values.Skip(1).Select(g => g.Value).ToArray();
            Regex.Matches(sentence, @"\d[\d,.]*").Count.ShouldBe(values.Length, $"numbers of: {sentence}");
            foreach (var (text, value) in shown.Zip(values))
                ShownNumber.Parse(text).Agrees(value).ShouldBeTrue($"{text} where {value} was recomputed: {sentence}");
        }
        sentences.Count(s => s.Any(char.IsDigit)).ShouldBe(expected.Count, "each sentence is there");
    }

    private static string Plain(string markup) =>
        Regex.Replace(WebUtility.HtmlDecode(Regex.Replace(markup, "<[^>]+>", "")), "\\s+", " ").Trim();

    private List<(string Pattern, double[] Values)> Expected()
    {
        var (figures, checks) = (run.Files.Results.GetProperty("guards"), run.Files.Results.GetProperty("evidence"));
        double G(string key) => figures.GetProperty(key).GetDouble();
        double E(string check, string key) => checks.GetProperty(check).GetProperty(key).GetDouble();
        var returns = WeeklyReturns.Of(run.Figures.Rows, QuickstartRun.Cash).Returns;
        var (shape, sharpe) = (Shape.Of(returns), returns.Average() / CurveFigures.Deviation(returns));
        var members = run.Files.Weighted.ToList();
        var own = members.Sum(m => m.GetProperty("weight").GetDouble() * RunFigures.Stat(m, "totalReturn"))
            / members.Sum(m => m.GetProperty("weight").GetDouble());
        var states = checks.EnumerateObject().Select(c => c.Value.GetProperty("state").GetString()).ToList();
        return
        [
            (@"^(\d+) of the (\d+) checks did not pass", [states.Count(s => s != "passed"), states.Count]),
            (@"^([\d,]+) different combinations .*, ([\d,]+) of them .* amount to ([\d,.]+) independent "
                + @".* of ([\d.]+) a year, .* them ([\d.]+)\.",
                [run.Validation.Weeks.Returns.Count, run.Validation.Weeks.Returns.Count, G("effectiveTrials"),
                    G("expectedMaximum") * Annual,
                    G("winnersOfNothing") * Annual]),
            (@"^The portfolio's Sharpe ratio of ([\d.]+) a year, .* probability of ([\d.]+\s?%)", [sharpe * Annual, G("deflatedSharpe")]),
            (@"over ([\d,]+) ways of halving, .* in ([\d.]+\s?%) of them", [12_870, G("probabilityOfOverfitting")]),
            (@"^That the best of ([\d,]+) strategies .* probability of ([\d.]+\s?%) .* says ([\d.]+\s?%)",
                [run.Validation.Weeks.Returns.Count, G("superiorPredictiveAbility"), G("realityCheck")]),
            (@"^A record of at least ([\d,]+) weeks .* has ([\d,]+)",
                [Math.Ceiling(1 + Math.Pow(shape.Error(sharpe) * Shape.Quantile95 / sharpe, 2)), returns.Length]),
            (@"^On bars that the choice had not seen the result is (\S+\s?%) .* chosen (\d+) times", [E("outOfSample", "return"), 6]),
            (@"on average (\S+\s?%) instead of (\S+\s?%), and ([\d,]+) of ([\d,]+) strategies",
                [E("costStress", "stressed"), own, E("costStress", "stillProfitable"), members.Count]),
            (@"sample of (\d+) strategies .* at (\d+) times", [E("causality", "strategies"), E("causality", "cuts")]),
        ];
    }
}
