using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Granary.Hosting.Aspire.Tests;

/// <summary>The resources, variables and references that the calls of an app host lead to.</summary>
public sealed class GranaryModelTests
{
    [Fact]
    public async Task Silos_share_cluster_database_and_runs_and_listen_on_ports_of_their_own()
    {
        using var model = new AppModel();
        var granary = model.Builder.AddGranary("granary").WithPostgres(model.Database()).WithSilos(2).WithData(model.Folder);
        granary.Resource.Silos.Select(s => s.Name).ShouldBe(["granary-1", "granary-2"]);
        foreach (var silo in granary.Resource.Silos)
        {
            var variables = await AppModel.VariablesOf(silo);
            variables["GRANARY_CLUSTER_ID"].ShouldBe("granary");
            variables["GRANARY_CLUSTERING"].ShouldBe("postgres");
            variables["GRANARY_CONNECTION"].ShouldBe("{database.connectionString}");
            variables["GRANARY_DATA"].ShouldBe(model.Folder);
            variables["GRANARY_RUNS"].ShouldBe(Path.Combine(model.Builder.AppHostDirectory, "runs"));
            variables["GRANARY_URLS"].ShouldBe($"http://127.0.0.1:{{{silo.Name}.bindings.http.targetPort}}");
            // Not the port of a proxy: a silo's address in the database is the port on which it listens.
            variables["GRANARY_SILO_PORT"].ShouldBe($"{{{silo.Name}.bindings.silo.targetPort}}");
            variables["GRANARY_GATEWAY_PORT"].ShouldBe($"{{{silo.Name}.bindings.gateway.targetPort}}");
            variables.Keys.ShouldNotContain("GRANARY_ROLES");
            variables.Keys.ShouldNotContain("GRANARY_KEYS");
            variables.Keys.ShouldNotContain("OTEL_TRACES_SAMPLER");
        }
    }

    [Fact]
    public async Task A_silo_waits_for_its_database_and_brokers_and_has_a_probe_and_traces()
    {
        using var model = new AppModel();
        var granary = model.Builder.AddGranary("granary").WithPostgres(model.Database()).WithKafka(model.Database("brokers"));
        await model.PrepareAsync();
        var silo = granary.Resource.Silos.ShouldHaveSingleItem();
        silo.Annotations.OfType<WaitAnnotation>().Select(w => w.Resource.Name).ShouldBe(["database", "brokers"], ignoreOrder: true);
        silo.Annotations.OfType<HealthCheckAnnotation>().ShouldHaveSingleItem().Key.ShouldContain("/api/v1/health/ready");
        silo.Annotations.OfType<OtlpExporterAnnotation>().ShouldHaveSingleItem();
        var variables = await AppModel.VariablesOf(silo);
        (variables["GRANARY_STREAMS"], variables["GRANARY_KAFKA"]).ShouldBe(("kafka", "{brokers.connectionString}"));
    }

    [Fact]
    public async Task A_silo_has_the_roles_that_it_is_given_and_the_others_have_all()
    {
        using var model = new AppModel();
        var granary = model.Builder.AddGranary("granary").WithPostgres(model.Database()).WithSilos(2).WithOrleansDashboard()
            .WithRoles(1, GranaryRoles.Compute | GranaryRoles.Sessions);
        await model.PrepareAsync();
        var first = await AppModel.VariablesOf(granary.Resource.Silos[0]);
        first["GRANARY_ROLES"].ShouldBe("compute,sessions");
        first["GRANARY_ORLEANS_DASHBOARD"].ShouldBe("true");
        (await AppModel.VariablesOf(granary.Resource.Silos[1])).Keys.ShouldNotContain("GRANARY_ROLES");
        granary.Resource.Endpoint.Resource.Name.ShouldBe("granary-2", "the first silo with the API");
    }

    [Fact]
    public async Task A_program_with_a_reference_gets_the_url_of_the_api_and_its_key_as_a_secret()
    {
        using var model = new AppModel();
        var file = Path.Combine(model.Folder, "keys.json");
        await File.WriteAllTextAsync(file, "{}");
        var key = model.Builder.AddParameter("granary-key", secret: true);
        var granary = model.Builder.AddGranary("granary").WithKeys(file, key);
        var client = model.Builder.AddExecutable("client", "client", ".").WithReference(granary).WaitFor(granary);
        var variables = await AppModel.VariablesOf(client.Resource);
        variables["ConnectionStrings__granary"].ShouldBe("{granary.connectionString}");
        variables["GRANARY_URI"].ShouldBe("{granary-1.bindings.http.url}");
        variables["GRANARY_KEY"].ShouldBe("{granary-key.value}");
        granary.Resource.ConnectionStringExpression.ValueExpression.ShouldBe("{granary-1.bindings.http.url}");
        (await AppModel.VariablesOf(granary.Resource.Silos[0]))["GRANARY_KEYS"].ShouldBe(file);
    }

    [Fact]
    public async Task Containers_have_image_mounts_and_the_ports_of_the_image()
    {
        using var model = new AppModel();
        var file = Path.Combine(model.Folder, "keys.json");
        await File.WriteAllTextAsync(file, "{}");
        var granary = model.Builder.AddGranaryContainer("granary", "registry.example/granary-silo", "0.1.0").WithPostgres(model.Database())
            .WithSilos(2).WithData(model.Folder).WithKeys(file);
        await model.PrepareAsync();
        foreach (var silo in granary.Resource.Silos)
        {
            var image = silo.Annotations.OfType<ContainerImageAnnotation>().ShouldHaveSingleItem();
            (image.Image, image.Tag).ShouldBe(("registry.example/granary-silo", "0.1.0"));
            silo.Annotations.OfType<ContainerMountAnnotation>().Select(m => (m.Target, m.IsReadOnly)).ShouldBe(
                [("/data", true), ("/keys/keys.json", true), ("/runs", false)], ignoreOrder: true);
            var variables = await AppModel.VariablesOf(silo);
            variables["GRANARY_URLS"].ShouldBe("http://0.0.0.0:8080");
            variables["GRANARY_KEYS"].ShouldBe("/keys/keys.json");
            variables.Keys.ShouldNotContain("GRANARY_SILO_PORT");
        }
    }

    public static TheoryData<string, Action<AppHostCalls>> WrongCalls => new()
    {
        { "WithSilos(0): a cluster has at least one silo", c => c.Granary.WithSilos(0) },
        { "WithSilos(1): it has 2 silos already", c => c.Granary.WithSilos(2).WithSilos(1) },
        { "its 2 silos share no database; call WithPostgres", c => c.Granary.WithSilos(2) },
        { "WithRoles(2, …): the silos have the numbers 1 to 1", c => c.Granary.WithRoles(2, GranaryRoles.Api) },
        { "WithRoles(1, 0): give Api, Compute or Sessions", c => c.Granary.WithRoles(1, 0) },
        { "no silo has the role Api", c => c.Granary.WithRoles(1, GranaryRoles.Compute) },
        { "no silo has the role Compute", c => c.Granary.WithRoles(1, GranaryRoles.Api) },
        { "WithData: the folder", c => c.Granary.WithData("absent") },
        { "WithKeys: the file", c => c.Granary.WithKeys("absent.json") },
        { "is not a secret", c => c.Granary.WithKeys(c.File, c.Builder.AddParameter("key")) },
        { "the silo's program", c => c.Builder.AddGranary("other", "bin/absent") },
        { "a container listens on all addresses, which needs keys", c => c.Builder.AddGranaryContainer("other") },
    };

    [Theory]
    [MemberData(nameof(WrongCalls))]
    public async Task A_wrong_call_is_refused_with_one_sentence_that_names_the_resource(string sentence, Action<AppHostCalls> calls)
    {
        using var model = new AppModel();
        var file = Path.Combine(model.Folder, "keys.json");
        await File.WriteAllTextAsync(file, "{}");
        var refusal = await Should.ThrowAsync<DistributedApplicationException>(async () =>
        {
            calls(new AppHostCalls(model.Builder, model.Builder.AddGranary("granary"), file));
            await model.PrepareAsync();
        });
        refusal.Message.ShouldContain(sentence);
        refusal.Message.ShouldMatch("^(granary|other): ");
    }
}
