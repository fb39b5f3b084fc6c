using Granary.Api.Notifications;
using Granary.Engine;
using Granary.Notifications;
using Granary.Simulation.RunFolders;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Hosting;

/// <summary>Registers the notifications of a server.</summary>
internal static class NotificationHosting
{
    /// <param name="file">Channels and rules; null for no notifications.</param>
    /// <param name="connection">
    /// The PostgreSQL database that keeps notifications until they are delivered; null for the folder <c>.notifications</c> of the runs.
    /// </param>
    /// <exception cref="InputException">The file is wrong.</exception>
    public static IServiceCollection AddNotifications(this IServiceCollection services, string? file, string? connection = null)
    {
        if (file is null) return services;
        services.AddSingleton(NotificationSettings.Read(file));
        services.AddSingleton(s => OutboxStores.Open(connection, s.GetRequiredService<RunLibrary>().PathOf(".notifications")));
        services.AddSingleton(s => OutboxStores.OpenRules(connection, s.GetRequiredService<RunLibrary>().PathOf(".notifications")));
        services.AddSingleton<RuleBook>();
        services.AddSingleton<NotificationService>();
        return services.AddHostedService(static s => s.GetRequiredService<NotificationService>());
    }
}
