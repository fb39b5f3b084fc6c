using System.Text;
using System.Text.Json;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Simulation.Tests.Validation;

public sealed class ValidationChecksTests
{
    private static JsonPart Production(string member) =>
        JsonPart.Parse("prod.json", Encoding.UTF8.GetBytes($$"""{ "version": 1{{member}} }"""));

    private static ValidationChecks All(ValidationState state) =>
        new(ValidationChecks.Checks.ToDictionary(c => c, c => new ValidationCheck(state, $"of {c}",
            [("value", 0.5), ("undefined", double.NaN)])));

    [Fact]
    public void Findings_that_are_written_are_read_back_with_their_figures()
    {
        var read = ValidationReader.Read(Production($", \"evidence\": {All(ValidationState.Passed).ToJson()}"))!;
        foreach (var check in ValidationChecks.Checks)
        {
            Assert.Equal(ValidationState.Passed, read[check].State);
            Assert.Equal($"of {check}", read[check].Sentence);
            Assert.Equal(0.5, read[check]["value"]);
            Assert.True(double.IsNaN(read[check]["undefined"]));
        }
        Assert.True(read.Decide().MayBeTraded);
    }

    [Fact]
    public void A_configuration_without_findings_is_refused_with_the_remedy()
    {
        var verdict = ValidationReader.Verdict(Production(""));
        Assert.False(verdict.MayBeTraded);
        Assert.Contains("--without-evidence", Assert.Single(verdict.Reasons));
    }

    [Fact]
    public void One_failed_check_and_one_missing_check_are_both_named()
    {
        var findings = All(ValidationState.Passed).ByName.ToDictionary();
        findings[ValidationChecks.Causality] = new ValidationCheck(ValidationState.Failed, "Peeker looked ahead", []);
        findings.Remove(ValidationChecks.CostStress);
        var verdict = ValidationReader.Verdict(Production($", \"evidence\": {new ValidationChecks(findings).ToJson()}"));
        Assert.False(verdict.MayBeTraded);
        Assert.Equal(2, verdict.Reasons.Count);
        Assert.Contains("look-ahead check failed: Peeker looked ahead", verdict.Reasons[0]);
        Assert.Contains("cost stress is missing", verdict.Reasons[1]);
        Assert.Equal("Do not trade: 3 of 5 checks passed; failed: causality; missing: costStress", verdict.Sentence);
    }

    [Fact]
    public void The_json_of_a_verdict_has_its_counts_its_names_and_its_sentence() =>
        Assert.Equal("""{"passed":5,"checks":5,"failed":[],"missing":[],"mayBeTraded":true,"sentence":"May be traded: 5 of 5 checks passed"}""",
            JsonSerializer.Serialize(All(ValidationState.Passed).Decide(), JsonSerializerOptions.Web));

    [Fact]
    public void A_run_without_checks_says_why_it_was_not_checked()
    {
        var verdict = ValidationVerdict.OfRun(null, interrupted: true);

        Assert.False(verdict.MayBeTraded);
        Assert.Equal("Not checked: the run was interrupted before its checks", verdict.Sentence);
    }
}
