using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Hosting.Aspire.Tests;

/// <summary>An app host that a test describes and does not start.</summary>
internal sealed class AppModel : IDisposable
{
    private DistributedApplication? _app;

    // Aspire names the resources before a start only if it knows where its orchestrator is, which no test of the model starts.
    public IDistributedApplicationBuilder Builder { get; } = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
    {
        DisableDashboard = true,
        Args = ["--DcpPublisher:CliPath=not-started", "--DcpPublisher:DashboardPath=not-started"],
    });

    /// <summary>A folder that exists until the test ends.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("granary-aspire-").FullName;

    public IResourceBuilder<IResourceWithConnectionString> Database(string name = "database") => Builder.AddConnectionString(name);

    /// <summary>Does what the app host does before it starts its resources.</summary>
    public Task PrepareAsync()
    {
        _app ??= Builder.Build();
        return _app.Services.GetRequiredService<IDistributedApplicationEventing>().PublishAsync(
            new BeforeStartEvent(_app.Services, _app.Services.GetRequiredService<DistributedApplicationModel>()));
    }

    /// <summary>Returns a resource's variables; values that are known only at run time are expressions.</summary>
    public static async Task<Dictionary<string, string>> VariablesOf(IResource resource)
    {
        var context = new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish);
        var configuration = await ExecutionConfigurationBuilder.Create(resource).WithEnvironmentVariablesConfig()
            .BuildAsync(context, NullLogger.Instance, TestContext.Current.CancellationToken);
        return configuration.EnvironmentVariables.ToDictionary();
    }

    public void Dispose()
    {
        _app?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
