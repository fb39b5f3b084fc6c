using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Deployment.Tests.Compose;
using Granary.Testing;

namespace Granary.Deployment.Tests.Alerts;

/// <summary>The alert rules for Prometheus against promtool, the meters in the code, and the pages of the runbook.</summary>
public partial class AlertRulesTests
{
    private const string Rules = "infra/alerts/granary.yml";
    private static readonly string[] s_labels = ["granary_account", "granary_state"];

    private static IReadOnlyList<JsonObject> Alerts =>
        [.. ComposeFile.Read(Rules)["groups"]!.AsArray().SelectMany(g => g!["rules"]!.AsArray()).Select(r => r!.AsObject())];

    [Theory]
    [InlineData("check", Rules)]
    [InlineData("test", "infra/alerts/granary.test.yml")]
    public async Task Promtool_accepts_the_rules_and_they_fire_when_they_should(string verb, string file)
    {
        var start = new ProcessStartInfo("promtool", [verb, "rules", Path.Combine(SharedData.RepositoryRoot, file)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("needs promtool, which this machine does not have; on Debian: apt-get install prometheus");
            return;
        }
        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0, await output + await error);
        }
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
