using Granary.Api.Access;
using Granary.Api.Accounts;
using Granary.Api.Audit;
using Granary.Api.Batches;
using Granary.Api.Catalogues;
using Granary.Api.Code;
using Granary.Api.Dashboard;
using Granary.Api.Deployments;
using Granary.Api.Description;
using Granary.Api.Documentation;
using Granary.Api.Events;
using Granary.Api.Health;
using Granary.Api.Jobs;
using Granary.Api.Limits;
using Granary.Api.MarketData;
using Granary.Api.Models;
using Granary.Api.Notifications;
using Granary.Api.Operations;
using Granary.Api.Portfolios;
using Granary.Api.Problems;
using Granary.Api.Routing;
using Granary.Api.Runs;
using Granary.Api.Schedules;
using Granary.Api.Sessions;
using Granary.Api.Shares;
using Granary.Api.SignIn;
using Granary.Api.Telemetry;
using Granary.Api.Uploads;
using Granary.Backtesting.Charts;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Modelling.Learning;
using Granary.Server.Access;
using Granary.Server.Audit;
using Granary.Server.Budgets;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Server.Operations;
using Granary.Server.Schedules;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.MarketData;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Telemetry;
using Granary.Simulation.Weights;
using Granary.Trading.Deployments;
using Granary.Trading.Live;
using Granary.Trading.Parity;
using Granary.Trading.Sessions;
using Granary.Trading.Why;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Granary.Api.Hosting;

/// <summary>
/// The HTTP API, <c>/api/v1</c>. The host registers an <see cref="IJobService"/> and an
/// <see cref="IWeightsService"/>; live sessions are mounted if it has an <see cref="ISessionService"/>; every
/// registered <see cref="IReadinessCheck"/> must pass before the server reports that it is ready.
/// </summary>
internal static class GranaryApi
{
    /// <param name="catalogues">The catalogues of the process.</param>
    /// <exception cref="OptionsValidationException">A setting is out of range.</exception>
    public static IServiceCollection AddGranaryApi(this IServiceCollection services, ApiSettings settings, GranaryCatalogues catalogues)
    {
        if (new ApiSettingsValidator().Validate(null, settings) is { Failed: true } wrong)
            throw new OptionsValidationException(nameof(ApiSettings), typeof(ApiSettings), wrong.Failures);
        var confined = settings.Confine(catalogues);
        services.AddJobServices(settings, confined);
        services.AddSingleton(_ => DeploymentStores.Open(settings.DeploymentStore));
        services.AddSingleton<DeploymentBook>();
        services.AddSingleton(s => new DeploymentSource(settings, confined, s.GetService<RunLibrary>()));
        services.AddSingleton(new SessionStartReader(settings, confined));
        services.AddSingleton<LiveAccounts>();
        services.AddSingleton<SessionHistory>();
        services.AddSingleton<ServerParity>();
        services.AddSingleton<SessionWhy>();
        services.AddSingleton<UploadStore>();
        services.AddSingleton(new BarFileLibrary(settings.DataFolder, new() { Formats = catalogues.Formats }));
        services.AddSingleton<ServerModels>();
        services.AddSingleton<IModelService>(s => new LocalModels(s.GetRequiredService<ServerModels>().Open));
        services.AddSingleton(new ScheduleBook(Path.Combine(settings.Runs, ".schedules")));
        services.AddSingleton(s => new ScheduleReader(s.GetRequiredService<JobCatalogue>()));
        services.AddSingleton(s => new ScheduleTimes(s.GetService<IAccountStore>() is { } accounts
            ? new AccountDays(accounts, s.GetRequiredService<TimeProvider>()) : null));
        services.AddSingleton<JobSchedules>();
        services.AddSingleton<ScheduleRunner>();
        services.AddSingleton<AuditedFiles>();
        services.AddSingleton<AuditStates>();
        services.AddSingleton(s => new ShareSigner(Path.Combine(settings.Runs, ShareSigner.FileName),
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ShareLinks>();
        services.AddSingleton<IRunUses, RunUses>();
        services.AddSingleton<CallerLimits>().AddRateLimiter();
        services.AddOptions<RateLimiterOptions>().Configure<CallerLimits>(static (options, limits) => limits.Configure(options));
        services.AddSingleton<CollectionReader>().AddSingleton<ChangeLog>();
        services.Configure<JsonOptions>(ConfigureJson);
        // so that a wrong body is answered with what is wrong with it
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        AddProblems(services);
        services.AddSingleton<CodeTurns>();
        if (settings.Assistants) AssistantHosting.Add(services);
        SignInHosting.Add(services, settings);
        services.AddOpenApi(ApiDescription.Name, o => { OperationRoles.Describe(o); AddressSchema.Describe(o); });
        services.AddSingleton<ApiDescription>();
        services.AddSingleton<IReadinessCheck, DiskReadiness>();
        MetricsEndpoint.Add(services);
        services.AddSingleton<ServerInstruments>();
        services.AddSingleton<OperationsSampler>();
        services.AddHostedService(static s => s.GetRequiredService<OperationsSampler>());
        services.AddHostedService<RunListReader>();
        services.AddHostedService<InterruptedOperations>();
        services.AddHostedService<ScheduleService>();
        return services;
    }

    private static void AddProblems(IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemMapping>();
    }

    private static void ConfigureJson(JsonOptions o)
    {
        var ours = JobJson.Options;
        o.SerializerOptions.DefaultIgnoreCondition = ours.DefaultIgnoreCondition;
        o.SerializerOptions.NumberHandling = ours.NumberHandling;
        foreach (var converter in ours.Converters) o.SerializerOptions.Converters.Add(converter);
    }

    /// <summary>Mounts the endpoints with authentication, limits and audit. Call it before you map other endpoints.</summary>
    public static WebApplication UseGranaryApi(this WebApplication app)
    {
        RequestThreads.Reserve();
        var settings = app.Services.GetRequiredService<ApiSettings>();
        NoteDataFolder(settings);
        SignInHosting.Prepare(app.Services, settings);
        // Resolves the instruments, which no service requests, so that /metrics shows them from the start.
        _ = app.Services.GetRequiredService<ServerInstruments>();
        SignInHosting.UseProxies(app, settings);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(static (context, next) =>
        {
            // At the last moment: an answer that becomes a problem loses the headers that it had.
            context.Response.OnStarting(static of =>
            {
                var headers = ((HttpContext)of).Response.Headers;
                headers[ApiSettings.ProtocolHeader] = ApiSettings.ProtocolVersion;
                SecurityHeaders.Add(((HttpContext)of).Response);
                ((HttpContext)of).RequestServices.GetRequiredService<CallerLimits>().AddHeaders((HttpContext)of);
                return Task.CompletedTask;
            }, context);
            context.Request.Body = new ReadableBody(context.Request.Body);
            // HEAD has the answer of GET without its body, which the server leaves out because it has read HEAD from the wire.
            if (HttpMethods.IsHead(context.Request.Method)) context.Request.Method = HttpMethods.Get;
            // For endpoints whose bodies the framework reads; uploads have a limit of their own.
            var longest = context.RequestServices.GetRequiredService<ApiSettings>().LongestBatch;
            if (context.Request.ContentLength > longest
                && !context.Request.Path.StartsWithSegments(ApiSettings.Prefix + "/uploads", StringComparison.OrdinalIgnoreCase))
                return RequestBody.TooLong(longest).ExecuteAsync(context);
            // Refuse an old client before any work: it could start an operation whose answer it cannot read.
            if (context.Request.Headers[ApiSettings.ProtocolHeader].FirstOrDefault() is { } theirs && theirs != ApiSettings.ProtocolVersion)
                throw new InputException($"this server speaks version {ApiSettings.ProtocolVersion} of the API and the client "
                    + $"version {theirs}; bring the older of the two up to date");
            return next(context);
        });
        app.UseRouting(); // after the change of HEAD
        app.UseMiddleware<LoopbackOnly>();
        app.UseAuthentication();
        app.UseMiddleware<SessionRequests>();
        // A server without keys and sign-in has no limits. The framework never stops the timer of a limiter.
        if (settings.Authenticates) app.UseRateLimiter();
        app.UseMiddleware<LimitedCallers>();
        app.UseAuthorization();
        app.UseMiddleware<AuditMiddleware>();
        app.UseMiddleware<DashboardPages>();
        MapEndpoints(app, settings);
        BeginCounters(app);
        return app;
    }

    private static void MapEndpoints(WebApplication app, ApiSettings settings)
    {
        var api = ArgumentLimits.AddTo(app.MapGroup(ApiSettings.Prefix));
        HealthEndpoints.Map(api);
        HealthEndpoints.MapAtRoot(app);
        MetricsEndpoint.Map(app);
        ErrorPages.Map(app);
        DashboardEndpoints.Map(app);
        DocumentationEndpoints.Map(app);
        JobEndpoints.Map(api);
        BatchEndpoints.Map(api);
        WeightsEndpoints.Map(api);
        DeploymentEndpoints.Map(api);
        ScheduleEndpoints.Map(api);
        AccountEndpoints.Map(api);
        ChangeEndpoints.Map(api);
        UploadEndpoints.Map(api);
        AuditEndpoints.Map(api);
        CatalogueEndpoints.Map(api);
        CodeEndpoints.Map(api);
        ModelEndpoints.Map(api);
        NotificationEndpoints.Map(api);
        ClusterEndpoints.Map(api);
        DataEndpoints.Map(api);
        if (app.Services.GetService<RunLibrary>() is not null)
        {
            RunEndpoints.Map(api);
            ShareEndpoints.Map(api);
        }
        if (app.Services.GetService<ISessionService>() is { } sessions)
            SessionEndpoints.Map(api, sessions);
        CallerEndpoints.Map(api);
        SignInEndpoints.Map(app, api, settings);
        if (settings.Assistants) AssistantHosting.Map(app);
        ApiDescription.Map(app);
    }

    // For the command line, which reads the runs and the deployments of this server.
    private static void NoteDataFolder(ApiSettings settings)
    {
        if (!settings.Confined) return;
        var (runs, data) = (Path.GetFullPath(settings.Runs), Path.GetFullPath(settings.DataFolder));
        DataFolder.Write(runs, data);
    }

    // After the endpoint of the metrics, which begins to listen to the counters.
    private static void BeginCounters(WebApplication app)
    {
        JobMetrics.Begin(app.Services.GetRequiredService<JobCatalogue>().Kinds);
        GranaryInstruments.JournalLosses.Add(0);
        GranaryInstruments.StrategiesFailed.Add(0);
        GranaryInstruments.StrategiesEnded.Add(0);
    }
}
