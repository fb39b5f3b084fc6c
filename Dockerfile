# The silo, built from source. Context: the repository's root.
#   docker build -t granary-silo .
FROM node:22-slim AS web
WORKDIR /source/src/Granary.Web
COPY src/Granary.Web/.npmrc src/Granary.Web/package.json src/Granary.Web/package-lock.json ./
RUN npm ci
COPY src/Granary.Web/ ./
COPY docs/openapi.json /source/docs/
RUN npm run build && npm run check

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# What decides which packages are fetched comes first, so that a change of code does not fetch them again.
COPY .editorconfig global.json Directory.Build.props Directory.Packages.props ./
COPY src/Directory.Build.props src/icon.png src/
COPY src/Granary.Engine/Granary.Engine.csproj src/Granary.Engine/
COPY src/Granary.Learning/Granary.Learning.csproj src/Granary.Learning/
COPY src/Granary.Learning.MLNet/Granary.Learning.MLNet.csproj src/Granary.Learning.MLNet/
COPY src/Granary.Learning.MLNet/Granary.Learning.MLNet.targets src/Granary.Learning.MLNet/
COPY src/Granary.Storage/Granary.Storage.csproj src/Granary.Storage/
COPY src/Granary.Data/Granary.Data.csproj src/Granary.Data/
COPY src/Granary.Reporting/Granary.Reporting.csproj src/Granary.Reporting/
COPY src/Granary.Contracts/Granary.Contracts.csproj src/Granary.Contracts/
COPY src/Granary.Simulation/Granary.Simulation.csproj src/Granary.Simulation/
COPY src/Granary.Modelling/Granary.Modelling.csproj src/Granary.Modelling/
COPY src/Granary.Backtesting/Granary.Backtesting.csproj src/Granary.Backtesting/
COPY src/Granary.Trading/Granary.Trading.csproj src/Granary.Trading/
COPY src/Granary.Server/Granary.Server.csproj src/Granary.Server/
COPY src/Granary.Api/Granary.Api.csproj src/Granary.Api/
COPY src/Granary.Api/Granary.Site.targets src/Granary.Api/
COPY src/Granary.Web/Granary.Web.targets src/Granary.Web/
COPY src/Granary.Exchanges/Granary.Exchanges.csproj src/Granary.Exchanges/
COPY src/Granary.Kafka/Granary.Kafka.csproj src/Granary.Kafka/
COPY src/Granary.Parquet/Granary.Parquet.csproj src/Granary.Parquet/
COPY src/Granary.Scripting/Granary.Scripting.csproj src/Granary.Scripting/
COPY src/Granary.Cluster.Contracts/Granary.Cluster.Contracts.csproj src/Granary.Cluster.Contracts/
COPY src/Granary.Cluster.Grains/Granary.Cluster.Grains.csproj src/Granary.Cluster.Grains/
COPY src/Granary.Cluster.Kafka/Granary.Cluster.Kafka.csproj src/Granary.Cluster.Kafka/
COPY src/Granary.Silo/Granary.Silo.csproj src/Granary.Silo/
# PublishReadyToRun compiles ahead of time, so that a silo starts fast; the restore fetches the compiler.
RUN dotnet restore src/Granary.Silo/Granary.Silo.csproj -p:PublishReadyToRun=true

COPY src/ src/
COPY infra/sql/ infra/sql/
COPY --from=web /source/src/Granary.Web/dist src/Granary.Web/dist
# The schema of batch files and the pages of errors that the API serves.
COPY docs/ docs/
# The documentation site, if infra/site.sh made it before: the context has not all that its pages are made of.
COPY site/ site/
COPY samples/quickstart.json samples/Idea.cs samples/
COPY samples/data/ samples/data/
# The templates of granary new are the files of the samples.
COPY samples/Plugin/ samples/Plugin/
COPY samples/DataPlugin/ samples/DataPlugin/
COPY samples/Study/ samples/Study/
# The commit, which the context does not have: docker build --build-arg REVISION=$(git rev-parse HEAD) .
ARG REVISION=
RUN dotnet publish src/Granary.Silo/Granary.Silo.csproj -c Release -o /app --no-restore -p:PublishReadyToRun=true -p:SourceRevisionId=$REVISION \
 && mkdir -p /runs /data

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS silo
# Libraries that the silo loads and the base image lacks: OpenMP, for LightGBM.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
# the image's own user without rights; it owns nothing but the folder of the runs
ARG APP_UID=1654
COPY --from=build /app /app
COPY --from=build --chown=${APP_UID}:${APP_UID} /runs /runs
COPY --from=build /data /data
WORKDIR /app
USER ${APP_UID}

# the base image sets a port of its own, which would be a second opinion beside GRANARY_URLS
# The runtime profiles methods from their first call on, which only the environment can set: the first batch of a new silo took 14.4 s of
# processor time instead of 16.6 s (mean of three).
ENV ASPNETCORE_HTTP_PORTS= \
    DOTNET_TieredPGO_InstrumentOnlyHotCode=0 \
    GRANARY_URLS=http://0.0.0.0:8080 \
    GRANARY_RUNS=/runs \
    GRANARY_DATA=/data

# HTTP API, other silos, clients within the cluster's network
EXPOSE 8080 11111 30000
VOLUME /runs
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["dotnet", "granary-silo.dll", "health"]
ENTRYPOINT ["dotnet", "granary-silo.dll"]
