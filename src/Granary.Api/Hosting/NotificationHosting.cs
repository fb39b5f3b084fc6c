using Granary.Api.Notifications;
using Granary.Application.Notifications;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Hosting;

/// <summary>The notifications of a server.</summary>
public static class NotificationHosting
{
    /// <param name="file">Webhooks and rules; null for no notifications.</param>
    /// <exception cref="Application.Json.InputException">The file is wrong.</exception>
    public static IServiceCollection AddNotifications(this IServiceCollection services, string? file)
    {
        if (file is null) return services;
        services.AddSingleton(NotificationSettings.Read(file));
        services.AddSingleton<NotificationService>();
        return services.AddHostedService(static s => s.GetRequiredService<NotificationService>());
    }
}
