using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Deployment.Tests.Running;
using Granary.Server.Operations;
using Granary.Silo.Options;
using Granary.Testing;
using k8s;
using k8s.Models;

namespace Granary.Deployment.Tests.Kubernetes;

/// <summary>The objects of deploy/helm/granary against the published types of Kubernetes, and the code that reads what they set.</summary>
public sealed partial class ChartTests
{
    private static readonly string[] s_examples = ["small", "large"];

    // Options that the chart sets itself.
    private static readonly string[] s_own =
    [
        "urls", "certificate", "certificate-key", "certificate-password-file", "cluster-certificate", "cluster-certificate-key",
        "cluster-certificate-password-file", "cluster-authority", "clustering", "connection", "cluster-id", "silo-port", "gateway-port",
        "advertise", "kubernetes", "roles", "runs", "data", "plugins", "keys", "start-timeout", "failure-timeout", "drain-timeout",
    ];

    private static async Task<IReadOnlyList<RenderedChart>> AllAsync() =>
        await Task.WhenAll(s_examples.Select(e => RenderedChart.RenderAsync(e)));

    private static string[] Words(string text) => [.. text.Split('\n').Select(l => l.Trim())];

    // The files that the pod mounts are not here.
    private static SiloSettings SettingsOf(V1StatefulSet silo)
    {
        var environment = RenderedChart.EnvironmentOf(silo);
        environment.Remove("GRANARY_CONNECTION_FILE").ShouldBeTrue();
        environment["GRANARY_CONNECTION"] = "Host=db;Database=granary;Username=granary;Password=x";
        environment.Remove("GRANARY_PLUGINS");
        return SiloEnvironment.Read(environment);
    }

    [HelmFact]
    public async Task Helms_strict_linter_finds_nothing()
    {
        foreach (var example in s_examples)
        {
            var (code, output, error) = await Helm.RunAsync("lint", "--strict", ".", "-f", $"examples/{example}.yaml");
            code.ShouldBe(0, output + error);
        }
    }

    [HelmFact]
    public async Task The_small_example_is_one_silo_and_the_large_one_silos_by_role()
    {
        var all = await AllAsync();
        all[0].Silos.Select(s => (s.Metadata.Name, s.Spec.Replicas)).ShouldBe([("granary-all", 1)]);
        all[1].Silos.Select(s => (s.Metadata.Name, s.Spec.Replicas))
            .ShouldBe([("granary-api", 2), ("granary-compute", null), ("granary-sessions", 3)]);
        all[0].Custom.ShouldBeEmpty();
        all[1].Custom.Keys.ShouldBe(["ScaledObject", "ServiceMonitor"], ignoreOrder: true);
        all[1].Silos.Select(s => SettingsOf(s).Roles).ShouldBe([SiloRoles.Api, SiloRoles.Compute, SiloRoles.Sessions]);
        SettingsOf(all[0].Silos.Single()).Roles.ShouldBe(SiloRolesText.All);
    }

    [HelmFact]
    public async Task The_published_types_find_fields_that_do_not_exist()
    {
        var (_, output, _) = await Helm.RunAsync("template", "granary", ".", "-f", "examples/large.yaml");
        foreach (var (from, to) in ((string, string)[])[("readinessProbe:", "readynessProbe:"), ("maxUnavailable:", "maxUnavailble:"),
            ("terminationGracePeriodSeconds:", "terminationGracePeriod:"), ("sleep: { seconds:", "sleep: { second:"),
            ("pollingInterval:", "pollInterval:"), ("authorization:", "authorisation:"), ("replicas: 3", "replicas: three")])
            Should.Throw<Exception>(() => RenderedChart.Parse(output.Replace(from, to, StringComparison.Ordinal)), from);
        RenderedChart.Parse(output).Objects.Count.ShouldBe(14);
    }

    [HelmFact]
    public async Task Each_silos_environment_is_understood_by_the_silos_own_reader()
    {
        foreach (var silo in (await AllAsync()).SelectMany(c => c.Silos))
        {
            var settings = SettingsOf(silo);
            (settings.Clustering, settings.Kubernetes, settings.Advertise!.ToString()).ShouldBe((Clustering.Postgres, true, "10.1.2.3"));
            foreach (var variable in RenderedChart.EnvironmentOf(silo).Keys.Except(["POD_NAME", "POD_NAMESPACE",
                "OTEL_EXPORTER_OTLP_ENDPOINT"]))
                SiloOption.All.SelectMany(o => (string[])[o.Variable, o.Variable + "_FILE"]).ShouldContain(variable, silo.Metadata.Name);
            silo.Spec.Template.Metadata.Labels["orleans/clusterId"].ShouldBe(settings.ClusterId);
            silo.Spec.Template.Metadata.Labels["orleans/serviceId"].ShouldBe(settings.ClusterId);
        }
    }

    [HelmFact]
    public async Task Probes_ask_paths_that_the_api_serves_and_ports_are_those_that_the_silo_listens_on()
    {
        var routes = await ApiRoutes.GetAsync();
        foreach (var silo in (await AllAsync()).SelectMany(c => c.Silos))
        {
            var (container, settings) = (silo.Spec.Template.Spec.Containers.Single(), SettingsOf(silo));
            container.Ports.ToDictionary(p => p.Name, p => p.ContainerPort).ShouldBe(new Dictionary<string, int>
            {
                ["http"] = SiloEnvironment.HttpPort(settings),
                ["silo"] = settings.SiloPort,
                ["gateway"] = settings.GatewayPort,
            }, ignoreOrder: true);
            foreach (var probe in (V1Probe[])[container.StartupProbe, container.LivenessProbe, container.ReadinessProbe])
            {
                routes.ShouldContain(probe.HttpGet.Path);
                probe.HttpGet.Port.Value.ShouldBe("http");
            }
            // A silo that cannot reach its database must not be killed for it.
            container.LivenessProbe.HttpGet.Path.ShouldEndWith("/live");
            container.ReadinessProbe.HttpGet.Path.ShouldEndWith("/ready");
            // The silo listens when it has joined, or ends; before, it may wait 15 s for a cluster that has crashed.
            (container.StartupProbe.PeriodSeconds!.Value * container.StartupProbe.FailureThreshold!.Value)
                .ShouldBeGreaterThan((int)settings.StartTimeout.TotalSeconds + 25);
        }
    }

    [HelmTheory]
    [InlineData(5, 60)]
    [InlineData(0, 1)]
    [InlineData(30, 600)]
    public async Task A_pod_is_given_more_time_to_end_than_its_hook_and_the_drain_take(int preStop, int drain)
    {
        var chart = await RenderedChart.RenderAsync("large", "--set", $"timeouts.preStop={preStop},timeouts.drain={drain}", "--set",
            "keda.scaleDownSeconds=3600");
        foreach (var pod in chart.Silos.Select(s => s.Spec.Template.Spec))
        {
            pod.TerminationGracePeriodSeconds!.Value.ShouldBeGreaterThan(preStop + drain + 10);
            (pod.Containers.Single().Lifecycle?.PreStop.Sleep.Seconds ?? 0).ShouldBe(preStop);
        }
        SettingsOf(chart.Silos.First()).DrainTimeout.ShouldBe(TimeSpan.FromSeconds(drain));
    }

    [HelmFact]
    public async Task Pods_have_no_rights_and_write_only_to_volumes()
    {
        var user = File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "Dockerfile"))
            .Single(l => l.StartsWith("ARG APP_UID=", StringComparison.Ordinal)).Split('=')[1];
        foreach (var silo in (await AllAsync()).SelectMany(c => c.Silos))
        {
            var pod = silo.Spec.Template.Spec;
            var container = pod.Containers.Single();
            (pod.SecurityContext.RunAsNonRoot, $"{pod.SecurityContext.RunAsUser}", $"{pod.SecurityContext.FsGroup}",
                pod.SecurityContext.SeccompProfile.Type).ShouldBe((true, user, user, "RuntimeDefault"));
            (container.SecurityContext.ReadOnlyRootFilesystem, container.SecurityContext.AllowPrivilegeEscalation)
                .ShouldBe((true, false));
            container.SecurityContext.Capabilities.Drop.ShouldBe(["ALL"]);
            container.Resources.Limits.Keys.ShouldBe(["cpu", "memory"], ignoreOrder: true);
            // Services as variables would give the silo options: a Service granary-silo sets GRANARY_SILO_PORT.
            pod.EnableServiceLinks.ShouldBe(false);
            var written = container.VolumeMounts.Where(m => m.ReadOnlyProperty is not true).Select(m => m.MountPath).ToList();
            written.ShouldBe(["/runs", "/tmp"]);
            var settings = SettingsOf(silo);
            foreach (var folder in (string[])[settings.Runs, settings.Models!, settings.Deployments!])
                (folder + "/").ShouldStartWith("/runs/");
            container.VolumeMounts.Select(m => m.Name).ShouldBe(pod.Volumes.Select(v => v.Name), ignoreOrder: true);
        }
    }

    [HelmFact]
    public async Task Secrets_are_mounted_files_and_no_variable_has_one()
    {
        foreach (var silo in (await AllAsync()).SelectMany(c => c.Silos))
        {
            var environment = RenderedChart.EnvironmentOf(silo);
            var mount = silo.Spec.Template.Spec.Containers.Single().VolumeMounts.Single(m => m.Name == "secret");
            foreach (var file in (string[])["GRANARY_CONNECTION_FILE", "GRANARY_KEYS"])
                Path.GetDirectoryName(environment[file]).ShouldBe(mount.MountPath);
            var secret = silo.Spec.Template.Spec.Volumes.Single(v => v.Name == "secret").Secret;
            (secret.SecretName, secret.DefaultMode).ShouldBe(("granary", Convert.ToInt32("440", 8)));
        }
    }

    [HelmFact]
    public async Task The_agent_of_orleans_may_read_pods_and_nothing_else()
    {
        foreach (var chart in await AllAsync())
        {
            var rule = chart.Of<V1Role>().Single().Rules.Single();
            (string.Join(',', rule.Resources), string.Join(',', rule.Verbs)).ShouldBe(("pods", "get,list,watch"));
            var account = chart.Of<V1ServiceAccount>().Single().Metadata.Name;
            var binding = chart.Of<V1RoleBinding>().Single();
            (binding.RoleRef.Name, binding.Subjects.Single().Name, binding.Subjects.Single().NamespaceProperty)
                .ShouldBe((chart.Of<V1Role>().Single().Metadata.Name, account, RenderedChart.Namespace));
            chart.Silos.ShouldAllBe(s => s.Spec.Template.Spec.ServiceAccountName == account
                && s.Spec.Template.Spec.AutomountServiceAccountToken == true);
        }
    }

    [HelmFact]
    public async Task Every_selector_finds_pods_of_the_chart_and_only_the_meant_ones()
    {
        foreach (var chart in await AllAsync())
        {
            string[] Found(IDictionary<string, string> selector) => [.. chart.Silos.Where(s => selector.All(l =>
                s.Spec.Template.Metadata.Labels.TryGetValue(l.Key, out var value) && value == l.Value)).Select(s => s.Metadata.Name)];
            string[] all = [.. chart.Silos.Select(s => s.Metadata.Name)];
            foreach (var silo in chart.Silos)
            {
                Found(silo.Spec.Selector.MatchLabels).ShouldBe([silo.Metadata.Name]);
                chart.Of<V1Service>().Single(s => s.Spec.ClusterIP == "None").Metadata.Name.ShouldBe(silo.Spec.ServiceName);
            }
            chart.Of<V1PodDisruptionBudget>().Select(b => Found(b.Spec.Selector.MatchLabels).Single()).ShouldBe(all);
            chart.Of<V1PodDisruptionBudget>().ShouldAllBe(b => b.Spec.MaxUnavailable.Value == "1" && b.Spec.MinAvailable == null);
            Found(chart.Of<V1NetworkPolicy>().Single().Spec.PodSelector.MatchLabels).ShouldBe(all);
            var services = chart.Of<V1Service>().ToDictionary(s => s.Metadata.Name, s => Found(s.Spec.Selector));
            services["granary-silos"].ShouldBe(all);
            services["granary"].ShouldBe([all.Contains("granary-api") ? "granary-api" : "granary-all"]);
            if (chart.Of<V1Ingress>().SingleOrDefault() is { } ingress)
                ingress.Spec.Rules.Single().Http.Paths.Single().Backend.Service.Name.ShouldBe("granary");
        }
    }

    [HelmFact]
    public async Task The_network_lets_silos_reach_one_another_the_names_the_database_and_the_api_server()
    {
        var policy = (await RenderedChart.RenderAsync("large")).Of<V1NetworkPolicy>().Single().Spec;
        policy.PolicyTypes.ShouldBe(["Ingress", "Egress"]);
        // Ports between silos are open to silos only.
        var between = policy.Ingress[0];
        between.Ports.Select(p => p.Port.Value).ShouldBe(["silo", "gateway"]);
        between.FromProperty.Single().PodSelector.MatchLabels.ShouldBe(policy.PodSelector.MatchLabels);
        policy.Ingress[1].Ports.Single().Port.Value.ShouldBe("http");
        policy.Ingress[1].FromProperty.Count.ShouldBe(2);
        var open = policy.Egress.Where(e => e.To is null).SelectMany(e => e.Ports).Select(p => $"{p.Protocol}{p.Port.Value}").ToList();
        // DNS over both protocols to any address, the API server, exchanges, the collector and Kafka.
        open.ShouldBe(["UDP53", "TCP53", "TCP443", "TCP6443", "TCP443", "TCP4317", "TCP9092"]);
        var database = policy.Egress.Single(e => e.Ports.Any(p => p.Port.Value == "5432"));
        database.To.Single().IpBlock.Cidr.ShouldBe("10.20.0.0/24");
    }

    [HelmFact]
    public async Task The_compute_silos_follow_the_queue_by_metrics_that_exist_and_shrink_more_slowly_than_a_pod_ends()
    {
        var chart = await RenderedChart.RenderAsync("large");
        var scaled = chart.Custom["ScaledObject"]["spec"]!;
        scaled["scaleTargetRef"]!["name"]!.ToString().ShouldBe("granary-compute");
        var grace = chart.Silos.Single(s => s.Metadata.Name == "granary-compute").Spec.Template.Spec.TerminationGracePeriodSeconds!.Value;
        var down = scaled["advanced"]!["horizontalPodAutoscalerConfig"]!["behavior"]!["scaleDown"]!;
        ((long)down["stabilizationWindowSeconds"]!).ShouldBeGreaterThan(grace);
        var policy = down["policies"]!.AsArray().Single()!;
        ((long)policy["value"]!, policy["type"]!.ToString()).ShouldBe((1, "Pods"));
        ((long)policy["periodSeconds"]!).ShouldBeGreaterThan(grace);
        ((long)scaled["cooldownPeriod"]!).ShouldBeGreaterThan(grace);
        ((long)scaled["minReplicaCount"]!).ShouldBeGreaterThan(0);
        var metadata = scaled["triggers"]!.AsArray().Single()!["metadata"]!;
        var metrics = Metric().Matches(metadata["query"]!.ToString()).Select(m => m.Value).ToList();
        metrics.ShouldBe(["granary_jobs_queued", "granary_jobs_running"]);
        var documented = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "observability.md"));
        foreach (var metric in metrics) documented.ShouldContain($"`{metric.Replace('_', '.')}` | {{job}} | gauge |");
        metadata["ignoreNullValues"]!.ToString().ShouldBe("false");
        // The labels that the operator of Prometheus gives to what the ServiceMonitor finds.
        metadata["query"]!.ToString().ShouldContain($"{{namespace=\"{RenderedChart.Namespace}\",service=\"granary-silos\"}}");
        var monitor = chart.Custom["ServiceMonitor"]["spec"]!;
        var found = chart.Of<V1Service>().Where(s => monitor["selector"]!["matchLabels"]!.AsObject()
            .All(l => s.Metadata.Labels.TryGetValue(l.Key, out var value) && value == l.Value!.ToString()));
        found.Single().Metadata.Name.ShouldBe("granary-silos");
    }

    [HelmFact]
    public async Task Names_stay_within_the_limits_of_kubernetes_for_long_releases()
    {
        var (code, output, error) = await Helm.RunAsync("template", new string('r', 53), ".", "-f", "examples/large.yaml");
        code.ShouldBe(0, error);
        foreach (var silo in RenderedChart.Parse(output).Silos)
            // A pod of a StatefulSet has a label with the name and a hash of ten characters; labels have at most 63.
            (silo.Metadata.Name + "-0123456789").Length.ShouldBeLessThanOrEqualTo(63);
    }

    [Fact]
    public void The_charts_options_are_those_of_the_silo_that_the_chart_does_not_set()
    {
        var path = Path.Combine(Helm.Chart, "values.schema.json");
        s_own.Except(SiloOption.All.Select(o => o.Name)).ShouldBeEmpty();
        string[] free = [.. SiloOption.All.Select(o => o.Name).Except(s_own)];
        var schema = JsonNode.Parse(File.ReadAllText(path))!;
        schema["definitions"]!["option"]!["enum"] = new JsonArray([.. free.Select(o => JsonValue.Create(o))]);
        var text = schema.ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = true,
            NewLine = "\n",
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }) + "\n";
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1") File.WriteAllText(path, text);
        else File.ReadAllText(path).ShouldBe(text, "the silo's options have changed: write the schema with GRANARY_WRITE_DOCS=1");
    }

    [Fact]
    public void The_chart_has_the_version_of_the_program()
    {
        var version = VersionPrefix().Match(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "Directory.Build.props")))
            .Groups["version"].Value;
        Words(File.ReadAllText(Path.Combine(Helm.Chart, "Chart.yaml"))).ShouldContain($"appVersion: {version}");
    }

    [GeneratedRegex("granary_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("<Version(Prefix)?>(?<version>[^<]+)<", RegexOptions.ExplicitCapture)]
    private static partial Regex VersionPrefix();
}
