using System.Diagnostics;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Granary.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Granary.Hosting.Aspire.Tests;

/// <summary>
/// The sample's app host as users start it: it is built with Aspire's orchestrator, which is no part of the solution, and starts two silos
/// on a PostgreSQL server that runs already. Containers are not tested: they need Docker or Podman.
/// </summary>
public sealed class AppHostTests
{
    private static string Sample => Path.Combine(SharedData.RepositoryRoot, "samples", "AppHost");

    private const string QuickstartDigest = "d3d7ba3bee077922563d38581a18b56db9b4b71a9971bd6a037dd01d6c400859";

    // The sample is no project of the solution: its build with Aspire's orchestrator is a part of the long form.
    [Fact]
    public void The_sample_compiles()
    {
        string[] implied = ["System", "System.Collections.Generic", "System.Linq", "Aspire.Hosting", "Aspire.Hosting.ApplicationModel"];
        string[] sources = [string.Concat(implied.Select(n => $"global using {n};")), File.ReadAllText(Path.Combine(Sample, "Program.cs"))];
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var cancel = TestContext.Current.CancellationToken;
        CSharpCompilation.Create("AppHost", sources.Select(s => CSharpSyntaxTree.ParseText(s, cancellationToken: cancel)),
                references.Select(r => MetadataReference.CreateFromFile(r)),
                new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable))
            .GetDiagnostics(cancel).Where(d => d.Severity >= DiagnosticSeverity.Warning).ShouldBeEmpty();
    }

    [LongFact("The_sample_compiles, GranaryModelTests (what each silo gets) and BatchesOverHttpTests (silos as processes) together")]
    public async Task The_sample_starts_two_silos_that_run_the_quickstart_and_stop()
    {
        var silo = Path.Combine(SharedData.RepositoryRoot, "src/Granary.Silo/bin/Release/net10.0/granary-silo");
        if (!File.Exists(silo)) Assert.Skip($"{silo} does not exist; build src/Granary.Silo in Release");
        await using var server = await PostgresServer.ShareAsync();
        var connection = await server.CreateDatabaseAsync();
        var runs = Directory.CreateTempSubdirectory("granary-aspire-runs-");
        try
        {
            var program = Assembly.LoadFrom(await BuildAsync()).EntryPoint!.DeclaringType!;
            await using var builder = await DistributedApplicationTestingBuilder.CreateAsync(program,
            [
                "--Granary:Database=connection", $"--ConnectionStrings:database={connection}", $"--Granary:Runs={runs.FullName}",
            ]);
            await using var app = await builder.BuildAsync();
            await app.StartAsync();
            foreach (var name in (string[])["granary-1", "granary-2", "granary"])
                await app.ResourceNotifications.WaitForResourceHealthyAsync(name).WaitAsync(Eventually.LongestWork);

            var address = new Uri((await app.GetConnectionStringAsync("granary"))!);
            using var client = new HttpClient { BaseAddress = address };
            var cluster = await client.GetFromJsonAsync<JsonObject>("/api/v1/cluster");
            cluster!["silos"]!.AsArray().Select(s => (string)s!["status"]!).ShouldBe(["active", "active"]);
            using var submitted = await client.PostAsJsonAsync("/api/v1/batches/quickstart", new { });
            var id = (string)(await submitted.Content.ReadFromJsonAsync<JsonObject>())!["id"]!;
            var job = await Eventually.IsAsync(async () => (await client.GetFromJsonAsync<JsonObject>($"/api/v1/jobs/{id}"))!,
                j => (bool)j["ended"]!, Eventually.LongestWork);
            ((string)job["state"]!, (string)job["digest"]!).ShouldBe(("done", QuickstartDigest));

            await app.StopAsync();
            (await Answering.IsReadyAsync(client, "/api/v1/health/live")).ShouldBeFalse();
        }
        finally
        {
            runs.Delete(recursive: true);
        }
    }

    private static async Task<string> BuildAsync()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Sample,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        foreach (var word in (string[])["build", "-c", "Release", "-v", "quiet", "-nologo", "-p:RunAnalyzers=false"])
            start.ArgumentList.Add(word);
        using var build = Process.Start(start)!;
        var output = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        build.ExitCode.ShouldBe(0, output);
        return Path.Combine(Sample, "bin/Release/net10.0/AppHost.dll");
    }
}
