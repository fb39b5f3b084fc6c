using Granary.Engine.Analysis.Metrics;

namespace Granary.Engine.Tests.Analysis;

/// <summary>Objectives of a choice: a metric, or an expression of metrics.</summary>
public sealed class MetricObjectiveTests
{
    private static readonly MetricCatalogue Metrics = MetricCatalogue.BuiltIn;

    private static MetricSet Account(double sharpe, double drawdown = 0.1, double trades = 10, double finalEquity = 110,
        double totalReturn = 0.1) => Metrics.Read(new Dictionary<string, double>
        {
            ["sharpe"] = sharpe,
            ["maxDrawdown"] = drawdown,
            ["trades"] = trades,
            ["finalEquity"] = finalEquity,
            ["totalReturn"] = totalReturn,
        });

    [Theory]
    // sharpe 2, maxDrawdown 0.4, trades 10.
    [InlineData("sharpe - 0.5 * maxDrawdown", 1.8)]
    [InlineData("-maxDrawdown + sharpe", 1.6)]
    [InlineData("sharpe - maxDrawdown - 1", 0.6)]
    [InlineData("sharpe / 4 / maxDrawdown", 1.25)]
    [InlineData("(sharpe - 0.5) * (1 - maxDrawdown)", 0.9)]
    [InlineData("sharpe * -(maxDrawdown - 1)", 1.2)]
    [InlineData("2*sharpe+trades/100", 4.1)]
    [InlineData("- - sharpe", 2)]
    public void An_expression_follows_the_rules_of_arithmetic(string text, double value) =>
        MetricObjective.Parse(text, Metrics)[Account(2, 0.4)].ShouldBe(value, 1e-12);

    [Fact]
    public void The_greatest_value_of_an_expression_is_the_best()
    {
        var objective = MetricObjective.Parse("sharpe - 2 * maxDrawdown", Metrics);
        // 2 − 2·0.9 = 0.2 and 1 − 2·0.1 = 0.8: the smaller Sharpe ratio has the better place.
        (objective.RankOf(Account(1)) > objective.RankOf(Account(2, 0.9))).ShouldBeTrue();
        objective.IsMinimised.ShouldBeFalse();
    }

    [Fact]
    public void An_account_whose_expression_is_undefined_or_that_is_ruined_is_not_chosen()
    {
        MetricObjective.Parse("1 / (trades - 10)", Metrics).RankOf(Account(2)).IsKnown.ShouldBeFalse();
        MetricObjective.Parse("sharpe + 1", Metrics).RankOf(Account(double.NaN)).IsKnown.ShouldBeFalse();
        MetricObjective.Parse("sharpe + 1", Metrics).RankOf(Account(2, finalEquity: 0)).IsKnown.ShouldBeFalse();
    }

    [Theory]
    [InlineData("sharpe", "sharpe", false)]
    [InlineData("-sharpe", "-sharpe", true)]
    [InlineData("maxDrawdown", "-maxDrawdown", true)]
    [InlineData("+maxDrawdown", "maxDrawdown", false)]
    public void A_single_metric_has_its_own_direction_unless_a_sign_sets_it(string text, string shown, bool isMinimised)
    {
        var objective = MetricObjective.Parse(text, Metrics);
        (objective.ToString(), objective.IsMinimised, objective.IsExpression).ShouldBe((shown, isMinimised, false));
    }

    [Theory]
    [InlineData("sharp", "there is no statistic 'sharp'; did you mean 'sharpe'?")]
    [InlineData("sharpe - 0.5 * maxDrawdwon",
        "'sharpe - 0.5 * maxDrawdwon': there is no statistic 'maxDrawdwon'; did you mean 'maxDrawdown'?")]
    [InlineData("sharpe -", "'sharpe -': a metric or a number is missing at its end")]
    [InlineData("sharpe * / 2", "'sharpe * / 2': a metric or a number is needed before '/ 2'")]
    [InlineData("(sharpe", "'(sharpe': a closing parenthesis is missing")]
    [InlineData("sharpe) + 1", "'sharpe) + 1': ')")]
    [InlineData("sharpe cagr", "'sharpe cagr': 'cagr' is not understood; combine metrics by + - * / and parentheses")]
    [InlineData("1.2.3 * sharpe", "'1.2.3 * sharpe': '1.2.3' is not a number; write it as 0.5")]
    [InlineData("", "a metric or a number is missing at its end")]
    public void A_wrong_expression_is_refused_in_one_sentence(string text, string sentence) =>
        Should.Throw<InputException>(() => MetricObjective.Parse(text, Metrics)).Message.ShouldStartWith(sentence);

    [Fact]
    public void Parentheses_without_end_are_refused() =>
        Should.Throw<InputException>(() => MetricObjective.Parse(new string('(', 100_000) + "sharpe", Metrics)).Message
            .ShouldEndWith("it is nested more than 100 times; write it shorter");
}
