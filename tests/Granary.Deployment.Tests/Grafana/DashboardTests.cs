using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Deployment.Tests.Compose;
using Granary.Deployment.Tests.Running;
using Granary.Testing;

namespace Granary.Deployment.Tests.Grafana;

/// <summary>
/// The dashboards and their provisioning as files. DashboardQueriesTests (Cluster) evaluates their queries.
/// </summary>
public partial class DashboardTests
{
    private const string Runbook = "${server}/docs/runbook/";

    private static readonly string[] s_shown = ["stat", "timeseries", "table"];

    [Fact]
    public Task The_dashboards_are_those_that_their_script_writes() =>
        InstalledProgram.SucceedsAsync("python3", "python3", Path.Combine(Dashboards.Folder, "dashboards.py"), "--check");

    [Fact]
    public void Panels_fit_a_laptop_and_do_not_overlap()
    {
        foreach (var dashboard in Dashboards.All)
        {
            var taken = new HashSet<(int X, int Y)>();
            var ids = new HashSet<int>();
            foreach (var panel in dashboard["panels"]!.AsArray())
            {
                var (title, place) = ((string)panel!["title"]!, panel["gridPos"]!);
                var (x, y, width, height) = ((int)place["x"]!, (int)place["y"]!, (int)place["w"]!, (int)place["h"]!);
                ids.Add((int)panel["id"]!).ShouldBeTrue(title);
                (x + width).ShouldBeLessThanOrEqualTo(24, title);
                // Of 24 columns, which are some 55 pixels each on a screen of 1,366.
                width.ShouldBeGreaterThanOrEqualTo((string)panel["type"]! == "stat" ? 3 : 8, title);
                for (var column = x; column < x + width; column++)
                    for (var row = y; row < y + height; row++) taken.Add((column, row)).ShouldBeTrue(title);
            }
        }
    }

    [Fact]
    public void Each_panel_has_a_title_a_unit_and_the_chosen_source()
    {
        foreach (var dashboard in Dashboards.All)
            foreach (var panel in Dashboards.PanelsOf(dashboard))
            {
                var title = (string)panel["title"]!;
                s_shown.ShouldContain((string)panel["type"]!, title);
                title.ShouldNotBeNullOrWhiteSpace();
                ((string?)panel["fieldConfig"]!["defaults"]!["unit"]).ShouldNotBeNullOrEmpty(title);
                foreach (var target in panel["targets"]!.AsArray())
                    ((string)target!["datasource"]!["uid"]!).ShouldBe("${datasource}", title);
            }
    }

    [Fact]
    public void Variables_of_queries_and_links_are_declared()
    {
        foreach (var dashboard in Dashboards.All)
        {
            var declared = dashboard["templating"]!["list"]!.AsArray().Select(v => (string)v!["name"]!).ToHashSet(StringComparer.Ordinal);
            foreach (var used in Variable().Matches(dashboard.ToJsonString()).Select(m => m.Groups["name"].Value).Distinct())
                if (!used.StartsWith("__", StringComparison.Ordinal)) declared.ShouldContain(used, (string)dashboard["uid"]!);
        }
    }

    [Fact]
    public void Links_lead_to_pages_of_the_runbook_and_to_dashboards()
    {
        var uids = Dashboards.All.Select(d => (string)d["uid"]!).ToHashSet(StringComparer.Ordinal);
        uids.Order(StringComparer.Ordinal).ShouldBe(["granary-batch", "granary-cluster", "granary-session"]);
        var linked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var url in Dashboards.All.SelectMany(d => Address().Matches(d.ToJsonString())).Select(m => m.Groups["url"].Value))
        {
            if (url.StartsWith("/d/", StringComparison.Ordinal)) uids.ShouldContain(url[3..].Split('?')[0]);
            else if (url.StartsWith(Runbook, StringComparison.Ordinal)) linked.Add(url[Runbook.Length..]);
            else url.ShouldBe("${server}/");
        }
        // A panel links to each page.
        var pages = Directory.GetFiles(Path.Combine(SharedData.RepositoryRoot, "docs", "runbook"))
            .Select(f => Path.GetFileNameWithoutExtension(f)!).Where(f => f != "README");
        linked.ShouldBe(["", .. pages], ignoreOrder: true);
    }

    [Fact]
    public void The_provisioned_source_is_the_one_that_the_dashboards_choose()
    {
        var source = ComposeFile.Read("deploy/grafana/provisioning/datasources/prometheus.yaml")["datasources"]![0]!;
        ((string)source["uid"]!, (string)source["type"]!).ShouldBe(("granary", "prometheus"));
        foreach (var dashboard in Dashboards.All)
            ((string)dashboard["templating"]!["list"]![0]!["current"]!["value"]!).ShouldBe("granary");
        var provider = ComposeFile.Read("deploy/grafana/provisioning/dashboards/granary.yaml")["providers"]![0]!;
        ((string)provider["options"]!["path"]!).ShouldBe("/etc/granary/grafana");
        var scrape = ComposeFile.Read("deploy/prometheus/prometheus.yml");
        ((string)scrape["scrape_configs"]![0]!["job_name"]!).ShouldBe("granary");
        ((string)source["jsonData"]!["timeInterval"]!).ShouldBe((string)scrape["global"]!["scrape_interval"]!);
    }

    [Fact]
    public void Alerts_are_marked_in_each_dashboard()
    {
        foreach (var dashboard in Dashboards.All)
            ((string)dashboard["annotations"]!["list"]![0]!["expr"]!).ShouldContain("ALERTS{");
    }

    [GeneratedRegex(@"\$\{?(?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();

    [GeneratedRegex("\"url\":\"(?<url>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Address();
}
