using System.Text;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Testing;

namespace Granary.Simulation.Tests.Batches;

/// <summary>Keys of <c>portfolio.limits</c> switch on the rules that declare them.</summary>
public sealed class LimitKeysTests
{
    private static PortfolioLimits Read(string limits, bool bind = true) => new BatchReader(TestCatalogues.All)
        .Read("batch.json", Encoding.UTF8.GetBytes($$"""
            { "name": "limits", "data": { "source": "csv:bars", "symbols": ["A"], "timeframe": "1d" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": 5 } } ],
              "portfolio": { "limits": { {{limits}} } } }
            """), "/tmp", bind).Portfolio.Limits;

    [Theory]
    [InlineData("\"maxGrossPercent\": null")]
    [InlineData("\"exclusiveSymbols\": false")]
    [InlineData("\"restrictedSymbols\": []")]
    [InlineData("\"groups\": {}, \"reserved\": {}")]
    [InlineData("\"enforce\": \"every-bar\", \"riskPercent\": 1, \"days\": 30")]
    public void A_key_without_a_limit_switches_on_no_rule(string limits) => Read(limits).Rules.ShouldBeEmpty();

    [Fact]
    public void A_limit_of_zero_is_a_limit()
    {
        var rules = Read("\"maxPositions\": 0, \"maxGrossPercent\": 0").Rules;
        rules.Select(r => r.Definition.Name).ShouldBe(["maxGrossPercent", "maxPositions"], ignoreOrder: true);
        rules.Select(r => r.Create()).OfType<PositionLimit>().ShouldHaveSingleItem().MaxPositions.ShouldBe(0);
    }

    [Fact]
    public void Keys_of_one_rule_give_it_all_its_settings_once_for_each_portfolio()
    {
        var limits = Read("\"maxDrawdownPercent\": 20, \"resumeDrawdownPercent\": 5, \"resumeAfterDays\": 30, \"days\": 90");
        var chosen = limits.Rules.ShouldHaveSingleItem();
        var rule = chosen.Create().ShouldBeOfType<DrawdownLimit>();
        (rule.MaxDrawdownPercent, rule.ResumeDrawdownPercent, rule.ResumeAfterDays, limits.Days).ShouldBe((20, 5, 30, 90));
        chosen.Create().ShouldNotBeSameAs(rule);
    }

    [Theory]
    [InlineData("\"correlation\": 0.5",
        "limits.correlation: it is for maxCorrelatedPercent, which is not there; add it, or leave this out")]
    [InlineData("\"resumeDrawdownPercent\": 5",
        "limits.resumeDrawdownPercent: it is for maxDrawdownPercent, which is not there; add it, or leave this out")]
    [InlineData("\"resumeAfterDays\": 5, \"maxDrawdownPercent\": null", "limits.resumeAfterDays: it is for maxDrawdownPercent")]
    [InlineData("\"groups\": { \"tech\": { \"symbols\": [\"A\"] } }",
        "limits.groups: the group 'tech' has no limit; give it maxPercent, maxPositions or both")]
    [InlineData("\"groups\": { \"tech\": { \"maxPercent\": 3 } }", "limits.groups.tech: 'symbols' is missing")]
    [InlineData("\"maxGrossPercent\": -1", "limits.maxGrossPercent: -1 is out of range")]
    [InlineData("\"maxGrosPercent\": 3", "limits.maxGrosPercent: there is no key 'maxGrosPercent'; did you mean 'maxGrossPercent'?")]
    [InlineData("\"maxPositions\": 2.5", "limits.maxPositions: ")]
    public void A_wrong_limit_is_refused_with_its_place(string limits, string sentence) =>
        Should.Throw<InputException>(() => Read(limits)).Message.ShouldContain("batch.json, line 3, portfolio." + sentence);

    [Fact]
    public void A_client_leaves_rules_that_it_does_not_know_to_the_server_and_checks_the_others()
    {
        Read("\"ofThePlugin\": { \"a\": 1 }, \"maxPositions\": 2", bind: false).Rules.ShouldHaveSingleItem();
        Should.Throw<InputException>(() => Read("\"ofThePlugin\": 1, \"maxPositions\": true", bind: false)).Message
            .ShouldContain("portfolio.limits.maxPositions");
    }

    [Theory]
    [InlineData("maxGrossPercent", true)]
    [InlineData("Correlation", true)]
    [InlineData("ENFORCE", true)]
    [InlineData("quietHours", false)]
    public void Each_key_of_a_rule_is_a_taken_name(string name, bool isTaken) =>
        RuleKeys.IsTaken(TestCatalogues.All.PortfolioRules, name).ShouldBe(isTaken);

    private sealed class WithoutSwitch : IPortfolioRule
    {
        [Key("never")]
        public double Other { get; init; }
    }

    private sealed class WithBoth(double least) : IPortfolioRule
    {
        [Key("never")]
        public double Most { get; init; } = least;
    }

    private sealed class Odd : IPortfolioRule
    {
        [Key("never")]
        public int MaxOdd { get; init; } = 1;

        public void Check()
        {
            if (MaxOdd % 2 == 0) throw new InputException("give an odd number");
        }
    }

    [Fact]
    public void What_a_rule_refuses_as_wrong_input_has_its_place()
    {
        var keys = new RuleKeys(new PortfolioRuleDefinition(typeof(Odd), new PortfolioRuleAttribute("maxOdd", "")));
        Should.Throw<InputException>(() => keys.Read(JsonPart.Parse("limits.json", "{ \"maxOdd\": 4 }"u8))).Message
            .ShouldBe("limits.json, line 1, maxOdd: give an odd number");
    }

    [Fact]
    public void A_rule_class_whose_settings_are_not_clear_is_refused()
    {
        Should.Throw<ArgumentException>(() => new RuleKeys(new PortfolioRuleDefinition(typeof(WithoutSwitch),
            new PortfolioRuleAttribute("maxOther", "")))).Message.ShouldContain("none of whose keys has this name");
        Should.Throw<ArgumentException>(() => new PortfolioRuleDefinition(typeof(WithBoth), new PortfolioRuleAttribute("most", "")))
            .Message.ShouldContain("has both keys and parameters of its constructor");
    }
}
