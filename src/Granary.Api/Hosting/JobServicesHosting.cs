using Granary.Backtesting.Charts;
using Granary.Backtesting.Why;
using Granary.Server.Access;
using Granary.Server.Audit;
using Granary.Server.Budgets;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.RunFolders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Api.Hosting;

/// <summary>Registers the services of research: jobs of callers, runs, the audit log. The HTTP API and assistants share them.</summary>
internal static class JobServicesHosting
{
    /// <summary>Adds them. The host also adds an <see cref="IJobService"/>.</summary>
    /// <param name="confined">The catalogues of the process with the confinement of its callers.</param>
    public static IServiceCollection AddJobServices(this IServiceCollection services, ApiSettings settings, GranaryCatalogues confined)
    {
        services.AddSingleton(settings);
        services.TryAddSingleton(confined);
        services.TryAddSingleton(KnownJobs.Of(confined, settings.Runs));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RunCurves>();
        services.TryAddSingleton<RunSpans>();
        services.TryAddSingleton<RunCharts>();
        services.TryAddSingleton<RunWhy>();
        services.AddSingleton(s => new AuditLog(settings.Audit ?? Path.Combine(settings.Runs, AuditLog.FileName),
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(new TrialAccounts(Path.Combine(settings.Runs, TrialAccounts.FolderName)));
        services.AddSingleton(s => new BudgetedJobs(s.GetRequiredService<IJobService>(), s.GetRequiredService<JobCatalogue>(),
            s.GetRequiredService<JobAdmission>(), confined, s.GetRequiredService<TrialAccounts>(), s.GetRequiredService<AuditLog>(),
            Path.GetFullPath(settings.DataFolder)));
        services.AddSingleton<CodeRight>().AddSingleton(settings.Files);
        // The user of a server without keys has no limits.
        services.AddSingleton(s => new JobAdmission(s.GetRequiredService<IJobService>(), s.GetRequiredService<JobCatalogue>(),
            s.GetRequiredService<CodeRight>(), settings.Authenticates ? new(settings.MostQueued, settings.MostQueuedWork) : null));
        services.AddSingleton<RunDisk>();
        return services;
    }
}
