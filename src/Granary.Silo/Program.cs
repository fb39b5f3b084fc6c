using Granary.Silo;

return await SiloProgram.RunAsync(args, Environment.GetEnvironmentVariable, Console.Out, Console.Error);
