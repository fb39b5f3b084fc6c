using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Deployment.Tests.Compose;
using Granary.Deployment.Tests.Running;
using Granary.Testing;

namespace Granary.Deployment.Tests.Alerts;

/// <summary>The alert rules for Prometheus against promtool, the meters in the code, and the pages of the runbook.</summary>
public partial class AlertRulesTests
{
    private const string Rules = "deploy/alerts/granary.yml", Cases = "deploy/alerts/granary.test.yml";
    private static readonly string[] s_labels = ["granary_account", "granary_state"];

    private static IReadOnlyList<JsonObject> Alerts =>
        [.. ComposeFile.Read(Rules)["groups"]!.AsArray().SelectMany(g => g!["rules"]!.AsArray()).Select(r => r!.AsObject())];

    [Theory]
    [InlineData("check", Rules)]
    [InlineData("test", Cases)]
    public Task Promtool_accepts_the_rules_and_they_fire_when_they_should(string verb, string file) =>
        InstalledProgram.SucceedsAsync("prometheus", "promtool", verb, "rules", file);

    // Without the key that the server of the deployment has.
    [Fact]
    public Task Prometheus_accepts_its_configuration() => InstalledProgram.SucceedsAsync("prometheus", "promtool", "check", "config",
        "--syntax-only", "deploy/prometheus/prometheus.yml");

    [Fact]
    public Task Alertmanager_accepts_its_configuration() => InstalledProgram.SucceedsAsync("prometheus-alertmanager", "amtool",
        "check-config", "deploy/alertmanager/alertmanager.yml");

    [Fact]
    public void Each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not()
    {
        var cases = ComposeFile.Read(Cases)["tests"]!.AsArray().SelectMany(t => t!["alert_rule_test"]!.AsArray())
            .ToLookup(c => (string)c!["alertname"]!, c => c!["exp_alerts"]!.AsArray().Count > 0);
        foreach (var alert in Alerts)
            cases[(string)alert["alert"]!].Distinct().Count().ShouldBe(2, (string)alert["alert"]!);
    }

    [Fact]
    public void Each_alert_has_a_page_in_the_runbook()
    {
        Alerts.Count.ShouldBe(11);
        foreach (var alert in Alerts)
        {
            var name = alert["alert"]!.ToString();
            var page = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, alert["annotations"]!["runbook_url"]!.ToString()));
            page.ShouldStartWith($"# {name}\n");
            foreach (var part in new[] { "**Means.**", "**Look.**", "**Do.**" }) page.ShouldContain(part, Case.Sensitive, name);
            new[] { "critical", "warning" }.ShouldContain(alert["labels"]!["severity"]!.ToString(), name);
        }
        Directory.GetFiles(Path.Combine(SharedData.RepositoryRoot, "docs", "runbook")).Length.ShouldBe(Alerts.Count + 1);
    }

    [Fact]
    public void Each_metric_of_the_rules_is_measured()
    {
        var measured = Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Instrument().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups["name"].Value.Replace('.', '_') + (m.Groups["unit"].Value switch
            {
                "s" when m.Groups["name"].Value.EndsWith("seconds", StringComparison.Ordinal) => "",
                "s" => "_seconds",
                "By" => "_bytes",
                _ => "",
            })).ToHashSet(StringComparer.Ordinal);
        measured.Count.ShouldBeGreaterThan(10);
        foreach (var alert in Alerts)
            foreach (var metric in Metric().Matches(alert["expr"]!.ToString()).Select(m => m.Value).Except(s_labels))
                measured.ShouldContain(Suffix().Replace(metric, ""), alert["alert"]!.ToString());
    }

    [GeneratedRegex("\"(?<name>granary\\.[a-z._]+)\",\\s*(?:\\w+,\\s*)?\"(?<unit>[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Instrument();

    [GeneratedRegex(@"\bgranary_[a-z_]+(?=[\[{) ]|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Metric();

    [GeneratedRegex("_(total|bucket|sum|count)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Suffix();
}
