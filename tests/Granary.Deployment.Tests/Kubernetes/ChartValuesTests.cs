namespace Granary.Deployment.Tests.Kubernetes;

/// <summary>Values that helm refuses before it makes an object, each with the value's name.</summary>
public sealed class ChartValuesTests
{
    [HelmTheory]
    [InlineData("silos.comput.enabled=true", "at '/silos': additional properties 'comput' not allowed")]
    [InlineData("silos.all.replicas=0", "at '/silos/all/replicas': minimum: got 0, want 1")]
    [InlineData("silo.all.replicas=1", "additional properties 'silo' not allowed")]
    [InlineData("clusterId=a b", "at '/clusterId': 'a b' does not match pattern")]
    [InlineData("clusterId=-x", "at '/clusterId'")]
    [InlineData("secret.name=My_Secret", "at '/secret/name'")]
    [InlineData("options.keep-runz=3", "invalid propertyName 'keep-runz'")]
    [InlineData("options.connection=Host=db", "invalid propertyName 'connection'")]
    [InlineData("timeouts.drain=0", "at '/timeouts/drain': minimum: got 0, want 1")]
    [InlineData("timeouts.drain=30s", "at '/timeouts/drain': got string, want integer")]
    [InlineData("updateStrategy=Recreate", "at '/updateStrategy': value must be one of 'OnDelete', 'RollingUpdate'")]
    [InlineData("silos.all.resources.limits.memory=4 GB", "at '/silos/all/resources/limits/memory'")]
    [InlineData("runs.accessMode=RWX", "at '/runs/accessMode': value must be one of 'ReadWriteMany'")]
    [InlineData("keda.scaleDownSeconds=4000", "at '/keda/scaleDownSeconds': maximum: got 4,000, want 3,600")]
    [InlineData("image.digest=latest", "at '/image/digest'")]
    [InlineData("otlpEndpoint=collector:4317", "at '/otlpEndpoint'")]
    public Task The_schema_refuses(string value, string sentence) => IsRefusedAsync("small", [value], sentence);

    [HelmTheory]
    [InlineData("small", "secret.name=", "secret.name is empty: make a Secret with the database's connection and the API keys")]
    [InlineData("small", "silos.all.replicas=2", "runs.accessMode is ReadWriteOnce, but up to 2 silos share the folder of the runs")]
    [InlineData("small", "silos.all.enabled=false", "silos: no silo serves the API or runs jobs")]
    [InlineData("small", "silos.all.enabled=false,silos.sessions.enabled=true", "silos: no silo serves the API or runs jobs")]
    [InlineData("small", "keda.enabled=true", "keda.enabled scales the silos of the role compute; set silos.compute.enabled=true")]
    [InlineData("large", "keda.prometheus=", "keda.prometheus is empty: give the address of Prometheus")]
    [InlineData("large", "keda.maxReplicas=1", "keda.maxReplicas 1 is less than keda.minReplicas 2")]
    [InlineData("large", "timeouts.drain=290",
        "keda.scaleDownSeconds 300 is not longer than a pod may take to end (315 s: timeouts.preStop + timeouts.drain + 20)")]
    [InlineData("large", "runs.accessMode=ReadWriteOnce", "runs.accessMode is ReadWriteOnce, but up to 25 silos share")]
    [InlineData("large", "ingress.host=", "ingress.host is empty")]
    [InlineData("large", "serviceMonitor.apiKey.key=", "serviceMonitor.apiKey: /metrics needs an API key of the role viewer")]
    [InlineData("large", "secret.options.kafka=kafka", "kafka is in options and in secret.options; give it once")]
    public Task The_chart_refuses(string example, string value, string sentence) =>
        IsRefusedAsync(example, value.Split(','), sentence);

    [HelmFact]
    public async Task Without_values_the_chart_says_which_one_is_missing()
    {
        var (code, _, error) = await Helm.RunAsync("template", "granary", ".");
        code.ShouldNotBe(0);
        error.ShouldContain("secret.name is empty");
    }

    [HelmFact]
    public async Task A_secret_option_is_read_from_a_file()
    {
        var chart = await RenderedChart.RenderAsync("small", "--set", "secret.options.models=models-address,options.threads=3");
        var environment = RenderedChart.EnvironmentOf(chart.Silos.Single());
        environment["GRANARY_MODELS_FILE"].ShouldBe("/etc/granary/secret/models-address");
        environment.ShouldNotContainKey("GRANARY_MODELS");
        environment["GRANARY_THREADS"].ShouldBe("3");
    }

    private static async Task IsRefusedAsync(string example, string[] values, string sentence)
    {
        var (code, output, error) = await Helm.RunAsync(["template", "granary", ".", "-f", $"examples/{example}.yaml",
            .. values.SelectMany(v => (string[])["--set", v])]);
        code.ShouldNotBe(0);
        output.ShouldBeEmpty();
        error.ShouldContain(sentence);
    }
}
