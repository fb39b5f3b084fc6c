using System.Text.Json;
using Granary.Engine.Portfolio.Rules;

namespace Granary.Engine.Tests.Portfolio;

public sealed class DecisionTests
{
    // The place of a word is its number in digests.
    private static readonly string[] Words = ["accepted", "weight-zero", "restricted-symbol", "max-positions", "max-gross", "max-net",
        "max-symbol", "max-strategy", "max-drawdown", "daily-loss", "no-cash", "no-quantity", "strategy-refused", "model-refused",
        "disabled", "max-leverage", "max-turnover", "max-correlated", "max-group", "reserved", "same-period", "not-enough-history",
        "no-stop", "volume-taken", "expired", "ruined", "rule", "predicted-risk", "below-minimum", "paused",
        "max-currency", "not-shortable"];

    [Fact]
    public void The_decisions_of_Granary_keep_their_order() => Decision.All.Select(d => d.Word).ShouldBe(Words);

    [Fact]
    public void Decisions_with_the_same_word_are_equal()
    {
        new Decision("no-cash", "another title", "Another sentence.").ShouldBe(Decision.NoCash);
        (Decision.Of("max-gross") == Decision.Of("max-gross"), Decision.Of("max-gross") != Decision.Of("max-net")).ShouldBe((true, true));
        Decision.Of("quiet-hours").ShouldBe(new Decision("quiet-hours", "quiet hours", ""));
        Decision.Of("quiet-hours").ShouldNotBe(Decision.Rule);
    }

    [Theory]
    [InlineData("accepted", "\"accepted\"")]
    [InlineData("max-gross", "\"maxGross\"")]
    [InlineData("quiet-hours", "\"quietHours\"")]
    public void A_journal_has_a_decision_as_one_name(string word, string json)
    {
        JsonSerializer.Serialize(Decision.Of(word)).ShouldBe(json);
        JsonSerializer.Deserialize<Decision>(json)!.Word.ShouldBe(word);
    }

    [Fact]
    public void Decisions_of_plug_ins_stand_behind_those_of_Granary_in_tables() =>
        new[] { "quiet-hours", "no-cash", "max-short", "accepted" }.Select(Decision.Of).Order(Decision.ByTable).Select(d => d.Word)
            .ShouldBe(["accepted", "no-cash", "max-short", "quiet-hours"]);
}
